"""Draws the simulated mouse as one of some cameras around it sees it.

Fur is one surface: the smooth minimum of its ellipsoids' depths, shaded by its slope and darkened in
its creases, so that a bulge or a fold shows as it does in fur. Other parts are drawn by depth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from squint.domain.regions import ANIMAL, EARS, EYES
from squint.simulation.mouse import (
    EAR,
    EYE,
    FACE_POINTS,
    FUR,
    LID,
    PINK,
    WHISKER_POINTS,
    Animal,
    Frame,
    body_frame,
    build_mouse,
    head_frame,
    tail_line,
    to_world,
    whisker_lines,
)

CAMERA_DISTANCE_CM = 35.0
CAMERA_HEIGHT_CM = 6.5
LOOK_AT = np.array([0.0, 0.0, 2.4])
FOCAL_LENGTH = 1.48  # in frame widths: the cylinder of 18 cm fills three quarters of the frame
BLEND_CM = 0.45  # width over which neighbouring ellipsoids of fur melt into each other
FAR = 1e3
MISSED = 2 * FAR  # beyond all there is
CAST_TOGETHER = 2500  # px
SHADOW_CM = np.array([3.6, 1.2])  # half width and height of the mouse's shadow
# A part shows up to this many cm under the fur: eyes and lids lie in it.
MARGINS = {EAR: 0.03, PINK: 0.03, EYE: 0.12, LID: 0.12}
CREASE_CM = 0.07  # standard deviation of the blur against which a crease is deep
DEEPEST_CREASE = float(np.nextafter(np.float32(0.15), np.float32(0)))  # cm; a deeper step is a silhouette
GREY_LEVELS = np.arange(256, dtype=np.uint8)
MARGIN = 9  # px around the mouse that its blur reaches
NOISE_OFFSETS = 64  # by row and by column, from which a frame's noise is taken
NOISE_ZERO = 12  # grey levels; the sensor saturates this much below 255
NOISE_ZERO_RGB = (NOISE_ZERO, NOISE_ZERO, NOISE_ZERO, 0)
# A face is visible up to this angle between the snout and the camera: near-profile views show one eye.
WIDEST_VIEW = np.radians(96)
ONE_EYE_VIEW = np.radians(30)
# RGB of each material, by coat.
COLOURS = {
    "white": {
        FUR: np.array([226, 226, 218], np.float32),
        EAR: np.array([222, 178, 170], np.float32),
        PINK: np.array([214, 158, 150], np.float32),
        EYE: np.array([62, 24, 28], np.float32),
        LID: np.array([176, 150, 142], np.float32),
    },
    "black": {
        FUR: np.array([58, 53, 51], np.float32),
        EAR: np.array([104, 82, 78], np.float32),
        PINK: np.array([158, 118, 110], np.float32),
        EYE: np.array([15, 12, 14], np.float32),
        LID: np.array([88, 78, 74], np.float32),
    },
}
# What a pixel of each material shows.
SHOWN = {FUR: ANIMAL, PINK: ANIMAL, LID: ANIMAL, EAR: EARS, EYE: EYES}


@dataclass(frozen=True)
class Scene:
    """What is constant over one recording; colours are RGB."""

    exposure: float
    white_balance: np.ndarray  # (3,) factors
    blur: float  # standard deviation in px of a frame 640 wide
    noise: float  # standard deviation in grey levels
    glare: float  # strength of reflections on the glass, 0 to 1


def sample_scene(generator: np.random.Generator) -> Scene:
    """The light and lenses of one recording."""
    return Scene(
        exposure=float(generator.uniform(0.88, 1.06)),
        white_balance=generator.uniform(0.96, 1.04, 3) * np.array([0.97, 1.0, 0.9]),
        blur=float(generator.uniform(0.5, 0.85)),
        noise=float(generator.uniform(1.5, 3.0)),
        glare=float(generator.uniform(0.2, 1.0)),
    )


class Camera:
    """One of `cameras` at equal angles around the cylinder, 60° where they are six; `index` counts from 0."""

    def __init__(self, index: int, width: int, height: int, cameras: int = 6, focal_length: float = FOCAL_LENGTH):
        azimuth = np.radians(360 / cameras * index)
        self.location = np.array(
            [CAMERA_DISTANCE_CM * np.cos(azimuth), CAMERA_DISTANCE_CM * np.sin(azimuth), CAMERA_HEIGHT_CM]
        )
        forward = (LOOK_AT - self.location) / np.linalg.norm(LOOK_AT - self.location)
        right = np.cross(forward, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        self.rotation = np.stack([right, np.cross(forward, right), forward])
        self.width, self.height = width, height
        self.focal = focal_length * width

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixel coordinates (…, 2) and depth in cm (…,) of world points (…, 3)."""
        seen = (points - self.location) @ self.rotation.T
        depth = seen[..., 2]
        pixels = self.focal * seen[..., :2] / depth[..., None] + (self.width / 2, self.height / 2)
        return pixels, depth

    def view_angle(self, head: Frame) -> np.ndarray:
        """Signed horizontal angle (…) in radians from the direction to this camera to the snout's."""
        rotation, origin = head
        to_camera = ((self.location - origin)[..., None, :] @ rotation)[..., 0, :]
        return np.arctan2(to_camera[..., 1], to_camera[..., 0])


def face_box(camera: Camera, head: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The square around the face in whole px: left, top, size, each (…)."""
    pixels, _ = camera.project(to_world(head, FACE_POINTS))
    low, high = pixels.min(axis=-2), pixels.max(axis=-2)
    size = (high - low).max(axis=-1)
    left, top = np.moveaxis((low + high - size[..., None]) / 2, -1, 0)
    return tuple(np.rint(value).astype(int) for value in (left, top, size))


def draw_background(camera: Camera, generator: np.random.Generator) -> np.ndarray:
    """Walls, paper on the floor, the cylinder's edges; float32 RGB of the frame's shape, before exposure."""
    height, width = camera.height, camera.width
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    columns = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    image = (
        np.array([182, 178, 142], np.float32)
        * (0.95 - 0.1 * rows)
        * (0.93 + 0.09 * np.sin(3.1 * columns + generator.uniform(0, 1)))
    )
    horizon = int(height * generator.uniform(0.42, 0.48))
    floor = int(height * generator.uniform(0.6, 0.66))
    image[horizon:floor] *= np.array([0.93, 0.95, 0.98], np.float32)
    image[floor:] = np.array([148, 178, 184], np.float32) * (0.92 + 0.12 * rows[floor:])
    image[horizon : horizon + max(1, height // 120)] *= 0.85
    texture = cv2.resize(generator.normal(0, 4, (height // 6, width // 6)).astype(np.float32), (width, height))
    image[floor:] += texture[floor:, :, None]
    for edge in (0.125, 0.875):  # the cylinder's silhouette
        column = int(edge * width)
        image[:, column : column + max(2, width // 200)] *= 0.86
        image[:, column + width // 100 : column + width // 100 + 2] *= 1.1
    for _ in range(3):  # edges of the hexagonal box
        column = int(generator.uniform(0.05, 0.95) * width)
        image[:horizon, column : column + max(1, width // 320)] *= 0.88
    return np.ascontiguousarray(np.broadcast_to(image, (height, width, 3)), np.float32)


def draw_glare(camera: Camera, scene: Scene, generator: np.random.Generator) -> np.ndarray:
    """Light that the glass adds to every frame, uint8 RGB."""
    glare = np.zeros((camera.height, camera.width), np.float32)
    for _ in range(3):
        column = int(generator.uniform(0.1, 0.9) * camera.width)
        top = int(generator.uniform(0, 0.5) * camera.height)
        length = int(generator.uniform(0.2, 0.5) * camera.height)
        cv2.ellipse(
            glare,
            (column, top + length // 2),
            (max(2, camera.width // 90), length // 2),
            generator.uniform(-8, 8),
            0,
            360,
            1.0,
            -1,
        )
    glare = cv2.GaussianBlur(glare, (0, 0), camera.width / 110)
    return np.repeat((36 * scene.glare * glare)[:, :, None], 3, axis=2).astype(np.uint8)


@dataclass(frozen=True)
class Sight:
    """What a camera sees of a mouse in one state, before anything is drawn.

    A box is left, top, right, bottom in px; points that are drawn are in sixteenths of a px.
    """

    materials: list[str]  # of n ellipsoids; empty for one that is not there or out of the frame
    inverse: np.ndarray  # (n, 3, 3) inverse shape matrices in camera coordinates, 1/cm²
    centres: np.ndarray  # (n, 2) px
    depths: np.ndarray  # (n,) cm, of the centres
    scales: np.ndarray  # (n,) px a cm
    starts: np.ndarray  # (n, 2) px, the left and top of a window around each ellipsoid
    windows: list[list[int]]  # n boxes, the same windows from the corner of `mouse_box`
    region: list[int]  # a box around all that is drawn
    mouse_box: list[int]  # from the corner of `region`: the mouse, its whiskers, and as far as its blur reaches
    fur_box: list[int]  # from the corner of `mouse_box`: fur, and as far as its shading looks
    shadow_box: list[int]  # from the corner of `region`
    whiskers: np.ndarray  # (whiskers, points, 2) from the corner of `mouse_box`
    tail: np.ndarray  # (points, 2) from the corner of `region`
    whiskered: bool  # whether whiskers show
    texture_start: list[int]  # px; the fur's texture moves with a paw


def corners_around(points: np.ndarray, margin: int) -> tuple[np.ndarray, np.ndarray]:
    """The corners, each (n, 2) in whole px, of boxes that are `margin` px wider than n sets of `points` (n, ·, 2)."""
    return points.min(axis=1).astype(int) - margin, points.max(axis=1).astype(int) + margin


def sixteenths(points: np.ndarray) -> np.ndarray:
    """Pixel coordinates as OpenCV draws lines from."""
    return np.round(points * 16).astype(np.int32)


def inside(box: list[int]) -> tuple[slice, slice]:
    """The rows and columns of a box."""
    left, top, right, bottom = box
    return slice(top, bottom), slice(left, right)


def cast(sight: Sight, chosen: list[int]) -> list[np.ndarray]:
    """Depth in cm of the near surfaces of `chosen` ellipsoids under weak perspective, `MISSED` where one is not hit.

    Each is cast on its own window. Small windows are cast in one batch as large as the largest, for a call on a few
    pixels costs more than the pixels.
    """
    sizes = {index: (right - left, bottom - top) for index, (left, top, right, bottom) in enumerate(sight.windows)}
    small = [index for index in chosen if sizes[index][0] * sizes[index][1] <= CAST_TOGETHER]
    large = [index for index in chosen if sizes[index][0] * sizes[index][1] > CAST_TOGETHER]
    order = small + large
    inverse, depths = sight.inverse[order], sight.depths[order]
    # What the quadrics are made of, by column and by row: offsets in cm, a term linear in them, one quadratic in them.
    terms = np.empty((3, len(order), 2, max(max(sizes[index]) for index in order)), np.float32)
    offset, linear, square = terms
    np.add(sight.starts[order][:, :, None], np.arange(offset.shape[-1], dtype=np.float32), out=offset)
    offset -= sight.centres[order][:, :, None]
    offset /= sight.scales[order][:, None, None]
    np.multiply(inverse[:, :2, 2, None], offset, out=linear)
    np.multiply(inverse[:, (0, 1), (0, 1), None], offset, out=square)
    square *= offset
    square[:, 1] -= 1
    surfaces = {}
    for group in [small] * bool(small) + [[index] for index in large]:
        batch = slice(len(surfaces), len(surfaces) + len(group))
        width, height = (max(sizes[index][axis] for index in group) for axis in (0, 1))
        cast_together = cast_batch(inverse[batch], depths[batch], terms[:, batch], width, height)
        for index, surface in zip(group, cast_together, strict=True):
            surfaces[index] = surface[: sizes[index][1], : sizes[index][0]]
    return [surfaces[index] for index in chosen]


def cast_batch(inverse: np.ndarray, depths: np.ndarray, terms: np.ndarray, width: int, height: int) -> np.ndarray:
    """Depths (n, height, width) of n ellipsoids from the `terms` of their quadrics, (3, n, 2, ·): see `cast`.

    In place, and in the order of operations of the formula: no rounding may depend on how ellipsoids are batched.
    """
    columns, rows = terms[:, :, 0, None, :width], terms[:, :, 1, :height, None]
    constant = columns[0] * rows[0]
    constant *= 2 * inverse[:, 0, 1, None, None]
    constant += columns[2]
    constant += rows[2]
    constant *= inverse[:, 2, 2, None, None]
    slope = columns[1] + rows[1]
    discriminant = slope * slope
    discriminant -= constant
    surface = constant
    flat = discriminant.reshape(-1, width)  # OpenCV takes a third axis for colours
    cv2.threshold(flat, 0, 0, cv2.THRESH_TOZERO, dst=surface.reshape(-1, width))
    np.sqrt(surface, out=surface)
    surface += slope
    surface /= inverse[:, 2, 2, None, None]
    np.subtract(depths[:, None, None], surface, out=surface)
    cv2.threshold(flat, 0, MISSED, cv2.THRESH_BINARY_INV, dst=flat)
    return np.maximum(surface, discriminant, out=surface)


Part = tuple[str, tuple[slice, slice], np.ndarray]  # material, rows and columns in the mouse's box, depths in cm


def find_parts(sight: Sight) -> list[Part]:
    """The parts of a mouse that are in the frame."""
    present = [index for index, material in enumerate(sight.materials) if material]
    return [
        (sight.materials[index], inside(sight.windows[index]), surface)
        for index, surface in zip(present, cast(sight, present), strict=True)
    ]


def fur_depth(parts: list[Part], shape: tuple[int, int]) -> np.ndarray:
    """Depth in cm of the fur that all its ellipsoids make together, float32 of `shape`; FAR where there is none."""
    depth = np.full(shape, FAR, np.float32)
    for material, window, surface in parts:
        if material == FUR:
            melt(depth[window], surface, BLEND_CM)
    return depth


def melt(depth: np.ndarray, surface: np.ndarray, width: float) -> None:
    """Add a surface to a depth map in place: their smooth minimum, whose meeting edge is rounded over `width`."""
    closeness = cv2.absdiff(depth, surface)
    cv2.threshold(closeness, width, 0, cv2.THRESH_TRUNC, dst=closeness)
    np.subtract(width, closeness, out=closeness)
    closeness *= closeness
    closeness *= 0.25 / width
    cv2.min(depth, surface, dst=depth)
    cv2.subtract(depth, closeness, dst=depth)


class Painter:
    """Draws one animal through one camera, frame after frame."""

    def __init__(
        self,
        camera: Camera,
        animal: Animal,
        scene: Scene,
        generator: np.random.Generator,
        draw_behind: Callable[[Camera, np.random.Generator], np.ndarray] = draw_background,
    ):
        self.camera, self.animal, self.scene = camera, animal, scene
        gain = scene.exposure * scene.white_balance
        self.gain = gain.astype(np.float32)
        background = draw_behind(camera, generator)
        blur = scene.blur * camera.width / 640
        self.blur = blur
        self.still = cv2.GaussianBlur(np.clip(background * self.gain, 0, 255), (0, 0), blur).astype(np.uint8)
        self.glare = draw_glare(camera, scene, generator)
        self.empty = cv2.add(self.still, self.glare)
        tint = np.array([1.0, 1 - 0.5 * animal.fur_warmth, 1 - 1.6 * animal.fur_warmth], np.float32)
        colours = COLOURS[animal.coat]
        self.fur = colours[FUR] * animal.fur_tone * tint * self.gain
        pale = 1 - animal.ear_pink
        ear = colours[EAR] * (1 - animal.ear_pink * np.array([0.0, 0.14, 0.14])) + 20 * pale
        paints = {EAR: ear, PINK: colours[PINK], EYE: colours[EYE], LID: 0.55 * colours[LID]}
        # For every pixel of a row, so that one multiplication colours a part.
        self.paints = {material: np.tile(paint * self.gain, camera.width) for material, paint in paints.items()}
        self.tail_colour = tuple(float(v) for v in np.array([196, 150, 142]) * self.gain)
        self.tail_width = max(2, round(camera.focal / 160))
        texture = generator.normal(0, 1, (camera.height, camera.width)).astype(np.float32)
        self.texture = 1 + 0.07 * cv2.GaussianBlur(texture, (0, 0), 0.9 * camera.width / 640)
        # Noise is kept as bytes around NOISE_ZERO: adding bytes is several times as fast as adding integers.
        noise = NOISE_ZERO + scene.noise * generator.standard_normal(
            (camera.height + NOISE_OFFSETS, camera.width + NOISE_OFFSETS, 3)
        )
        self.noise = np.clip(np.round(noise), 0, 2 * NOISE_ZERO).astype(np.uint8)

    def look(self, states: dict) -> list[Sight]:
        """Where everything is in the frame, in each of many states: arrays of `Behaviour.at` for n moments."""
        camera = self.camera
        body, head = body_frame(states), head_frame(states)
        centres, axes, present, materials = build_mouse(self.animal, states, body, head)
        pixels, depths = camera.project(centres)
        scales = camera.focal / depths
        turned = camera.rotation @ axes
        spread = turned @ turned.swapaxes(-1, -2)
        extents = np.sqrt(spread[..., (0, 1), (0, 1)]) * scales[..., None]
        pixels = pixels.astype(np.float32)
        whiskers, _ = camera.project(whisker_lines(self.animal, head, states["units"][:, 4]))
        tail, _ = camera.project(tail_line(body))
        foot, foot_depth = camera.project(body[1])
        shadow = SHADOW_CM * (camera.focal / foot_depth)[:, None]

        # Boxes as their corners, left and top and right and bottom. What is not there counts as the first ellipsoid.
        low, high = (np.where(present[..., None], ends, ends[:, :1]) for ends in (pixels - extents, pixels + extents))
        mouse_box = corners_around(np.concatenate([low, high, whiskers], axis=1), MARGIN)
        tail_box = corners_around(tail, self.tail_width + 2)
        shadow_box = corners_around(np.stack([foot - shadow, foot + shadow], axis=1), 0)
        region = (
            np.min([mouse_box[0], tail_box[0], shadow_box[0]], axis=0),
            np.max([mouse_box[1], tail_box[1], shadow_box[1]], axis=0),
        )
        size = camera.width, camera.height
        (start, end), shadow_box, region = (
            [np.clip(corner, 0, size) for corner in box] for box in (mouse_box, shadow_box, region)
        )
        starts = np.clip(low - start[:, None] - 1, 0, (end - start)[:, None]).astype(int)
        ends = np.clip(high - start[:, None] + 2, 0, (end - start)[:, None]).astype(int)
        fur = np.array(materials) == FUR
        reach = np.ceil(4 * CREASE_CM * scales[:, :1]).astype(int) + 2  # of the blur that finds creases
        fur_box = (
            np.maximum(starts[:, fur].min(axis=1) - reach, 0),
            np.minimum(ends[:, fur].max(axis=1) + reach, end - start),
        )
        whiskers = whiskers.reshape(len(whiskers), -1, WHISKER_POINTS, 2)
        columns = {
            "materials": np.where(present & (ends > starts).all(axis=2), materials, "").tolist(),
            "inverse": np.linalg.inv(spread).astype(np.float32),
            "centres": pixels,
            "depths": depths.astype(np.float32),
            "scales": scales.astype(np.float32),
            "starts": (starts + start[:, None]).astype(np.float32),
            "windows": np.concatenate([starts, ends], axis=2).tolist(),
            "region": np.concatenate(region, axis=1).tolist(),
            "mouse_box": np.concatenate([start - region[0], end - region[0]], axis=1).tolist(),
            "fur_box": np.concatenate(fur_box, axis=1).tolist(),
            "shadow_box": np.concatenate([corner - region[0] for corner in shadow_box], axis=1).tolist(),
            "whiskers": sixteenths(whiskers) - sixteenths(start[:, None, None]),
            "tail": sixteenths(tail) - sixteenths(region[0][:, None]),
            "whiskered": (np.abs(camera.view_angle(head)) < WIDEST_VIEW).tolist(),
            "texture_start": (-(pixels[:, 3] - start) % (end - start)).astype(int).tolist(),
        }
        return [Sight(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]

    def paint(self, state: dict) -> np.ndarray:
        """The mouse in `state` under full light, uint8 RGB of the frame's shape, without sensor noise."""
        return self.draw(self.look({name: np.asarray(value)[None] for name, value in state.items()})[0])

    def draw(self, sight: Sight) -> np.ndarray:
        """The same for a state that has been looked at."""
        drawn = self.still[inside(sight.region)].copy()
        cv2.polylines(drawn, [sight.tail], False, self.tail_colour, self.tail_width, cv2.LINE_AA, shift=4)
        darken(drawn[inside(sight.shadow_box)])
        behind = drawn[inside(sight.mouse_box)]
        colour = behind.astype(np.float32)
        self.draw_mouse(colour, sight)
        if sight.whiskered:
            self.draw_whiskers(colour, sight.whiskers)
        colour = cv2.GaussianBlur(colour, (0, 0), self.blur)
        behind[:] = cv2.threshold(colour, 255, 0, cv2.THRESH_TRUNC, dst=colour)[1]
        picture, region = self.empty.copy(), inside(sight.region)
        cv2.add(drawn, self.glare[region], dst=picture[region])
        return picture

    def draw_mouse(self, colour: np.ndarray, sight: Sight) -> None:
        """Lay the mouse over what is in its box, float32 RGB, in place."""
        parts = find_parts(sight)
        depth = fur_depth(parts, colour.shape[:2])  # pyright: ignore[reportArgumentType]
        fur = inside(sight.fur_box)
        left, top, _, _ = sight.fur_box
        column, row = sight.texture_start
        height, width = depth.shape  # pyright: ignore[reportAssignmentType]
        texture = cv2.copyMakeBorder(self.texture[:height, :width], 0, row, 0, column, cv2.BORDER_WRAP)
        self.shade_fur(colour[fur], depth[fur], texture[row + top :, column + left :], float(sight.scales[0]))
        for material, window, surface in parts:
            if material != FUR:
                self.draw_part(colour[window], depth[window], surface, material)

    def label(self, sight: Sight) -> np.ndarray:
        """What each pixel of the frame shows, uint8 (height, width): 0 for nothing of the mouse, else as in SHOWN.

        Whiskers are nothing, the tail is the animal.
        """
        labels = np.zeros((self.camera.height, self.camera.width), np.uint8)
        region = labels[inside(sight.region)]
        cv2.polylines(region, [sight.tail], False, (SHOWN[FUR],), self.tail_width, shift=4)
        ours = region[inside(sight.mouse_box)]
        parts = find_parts(sight)
        depth = fur_depth(parts, ours.shape)  # pyright: ignore[reportArgumentType]
        ours[depth < FAR / 2] = SHOWN[FUR]
        for material, window, surface in parts:
            front = surface < depth[window] + MARGINS.get(material, 0.0)
            if material not in (FUR, LID):
                ours[window][front] = SHOWN[material]
                depth[window][front] = surface[front]
        return labels

    def shade_fur(self, colour: np.ndarray, depth: np.ndarray, texture: np.ndarray, scale: float) -> None:
        """Lay fur of `depth` over `colour` in place, under even light from above; `scale` in px a cm."""
        body = cv2.compare(depth, FAR / 2, cv2.CMP_LT)  # pyright: ignore[reportArgumentType, reportCallIssue]
        deepest = cv2.threshold(depth, FAR / 2, 0, cv2.THRESH_TOZERO_INV)[1].max()
        surface = cv2.threshold(depth, float(deepest), 0, cv2.THRESH_TRUNC)[1]
        slope_x = cv2.Sobel(surface, cv2.CV_32F, 1, 0, scale=scale / 8)
        slope_y = cv2.Sobel(surface, cv2.CV_32F, 0, 1, scale=scale / 8)
        steepness = slope_x * slope_x
        steepness += 1
        steepness += slope_y * slope_y
        np.sqrt(steepness, out=steepness)
        slope_x *= 0.04
        slope_y *= 0.13
        light = np.subtract(slope_x, slope_y, out=slope_x)
        light += 0.16
        light /= steepness
        light += 0.8
        # Up to 0.2 darker where the surface lies behind its surroundings.
        crease = cv2.GaussianBlur(surface, (0, 0), CREASE_CM * scale)
        np.subtract(surface, crease, out=crease)
        cv2.threshold(crease, DEEPEST_CREASE, 0, cv2.THRESH_TOZERO_INV, dst=crease)
        crease *= 2.5
        cv2.threshold(crease, 0, 0, cv2.THRESH_TOZERO, dst=crease)
        light -= cv2.threshold(crease, 0.2, 0, cv2.THRESH_TRUNC, dst=crease)[1]
        light *= texture[: light.shape[0], : light.shape[1]]
        cv2.copyTo(cv2.merge([light * tone for tone in self.fur]), body, colour)

    def draw_part(self, colour: np.ndarray, depth: np.ndarray, surface: np.ndarray, material: str) -> None:
        """Lay one part over what is behind it; `colour` and `depth` are changed in place."""
        front = cv2.compare(surface, depth + MARGINS[material], cv2.CMP_LT)
        nearest, _, location, _ = cv2.minMaxLoc(surface, front)
        if location[0] < 0:  # nothing is in front
            return
        paint = self.paints[material]
        if material == LID:
            cv2.copyTo(0.45 * colour + paint[:3], front, colour)
            return
        light = surface - nearest
        cv2.threshold(light, 0.6, 0, cv2.THRESH_TRUNC, dst=light)
        light *= 0.35
        np.subtract(1.04, light, out=light)
        height, width = light.shape
        shaded = cv2.cvtColor(light, cv2.COLOR_GRAY2RGB).reshape(height, -1) * paint[: 3 * width]
        cv2.copyTo(shaded.astype(np.float32, copy=False).reshape(height, width, 3), front, colour)
        cv2.copyTo(surface, front, depth)
        if material == EYE:
            add_highlight(colour, front)

    def draw_whiskers(self, colour: np.ndarray, lines: np.ndarray) -> None:
        layer = colour.copy()
        thickness = max(1, round(self.camera.width / 960))
        cv2.polylines(layer, list(lines), False, (252, 250, 240), thickness, cv2.LINE_AA, shift=4)
        cv2.addWeighted(layer, 0.45, colour, 0.55, 0, dst=colour)

    def expose(self, frame: np.ndarray, light: float, generator: np.random.Generator) -> np.ndarray:
        """What the sensor delivers of a painted frame when the lamps give `light` (0 to 1): noise, then 8 bits."""
        return self.add_noise(frame, light, *generator.integers(0, NOISE_OFFSETS, 2))

    def add_noise(self, frame: np.ndarray, light: float, dy: int, dx: int) -> np.ndarray:
        """The same with the noise from row `dy` and column `dx` on."""
        noise = self.noise[dy : dy + frame.shape[0], dx : dx + frame.shape[1]]
        lit = frame if light == 1 else cv2.LUT(frame, (GREY_LEVELS * light).astype(np.uint8))
        exposed = cv2.add(lit, noise)
        return cv2.subtract(exposed, NOISE_ZERO_RGB, dst=exposed)  # pyright: ignore[reportArgumentType, reportCallIssue]


def add_highlight(colour: np.ndarray, front: np.ndarray) -> None:
    """The lamps above, mirrored in the eye that is seen where `front` is not 0."""
    rows, columns = front.nonzero()
    columns.sort()
    last = len(rows) - 1
    # Rows come sorted: here is their 22nd percentile, and the median of the columns.
    low, part = divmod(0.22 * last, 1)
    y = rows[int(low)] + part * (rows[min(int(low) + 1, last)] - rows[int(low)])
    x = (columns[last // 2] + columns[(last + 1) // 2]) / 2
    spot = slice(int(y), int(np.ceil(y)) + 1), slice(int(x), int(np.ceil(x)) + 1)
    colour[spot] += 70 * (front[spot] > 0)[:, :, None]


@lru_cache(maxsize=2)
def shade_floor(height: int, width: int) -> np.ndarray:
    """Share of the light that a shadow of this size in px leaves, (height, width, 3); a slow mouse's keeps its size."""
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
    shade = 1 - 0.28 * np.clip(1 - x * x - y * y, 0, 1)
    return np.repeat(shade[:, :, None], 3, axis=2)


def darken(floor: np.ndarray) -> None:
    """The mouse's shadow on the part of the picture that it fills, uint8 RGB, in place."""
    floor[:] = floor * shade_floor(*floor.shape[:2])
