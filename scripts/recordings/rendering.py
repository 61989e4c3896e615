"""Draws the simulated mouse as a camera of the six-camera setup sees it.

Fur is one surface: the smooth minimum of its ellipsoids' depths, shaded by its slope and darkened in
its creases, so that a bulge or a fold shows as it does in fur. Other parts are drawn by depth.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from scripts.recordings.mouse import (
    EAR,
    EYE,
    FACE_POINTS,
    FUR,
    LID,
    PINK,
    Animal,
    build_mouse,
    head_frame,
    tail_line,
    whisker_lines,
)

CAMERA_DISTANCE_CM = 35.0
CAMERA_HEIGHT_CM = 6.5
LOOK_AT = np.array([0.0, 0.0, 2.4])
FOCAL_LENGTH = 1.48  # in frame widths: the cylinder of 18 cm fills three quarters of the frame
BLEND_CM = 0.45  # width over which neighbouring ellipsoids of fur melt into each other
FAR = 1e3
MARGIN = 9  # px around the mouse that its blur reaches
NOISE_ZERO = 12  # grey levels; the sensor saturates this much below 255
NOISE_ZERO_RGB = (NOISE_ZERO, NOISE_ZERO, NOISE_ZERO, 0)
# A face is visible up to this angle between the snout and the camera: near-profile views show one eye.
WIDEST_VIEW = np.radians(96)
ONE_EYE_VIEW = np.radians(30)
COLOURS = {
    EAR: np.array([222, 178, 170], np.float32),
    PINK: np.array([214, 158, 150], np.float32),
    EYE: np.array([62, 24, 28], np.float32),
    LID: np.array([176, 150, 142], np.float32),
}


@dataclass(frozen=True)
class Scene:
    """What is constant over one recording; colours are RGB."""

    exposure: float
    white_balance: np.ndarray  # (3,) factors
    blur: float  # standard deviation in px of a frame 640 wide
    noise: float  # standard deviation in grey levels
    glare: float  # strength of reflections on the glass, 0 to 1


def draw_scene(generator: np.random.Generator) -> Scene:
    """The light and lenses of one recording."""
    return Scene(
        exposure=float(generator.uniform(0.88, 1.06)),
        white_balance=generator.uniform(0.96, 1.04, 3) * np.array([0.97, 1.0, 0.9]),
        blur=float(generator.uniform(0.5, 0.85)),
        noise=float(generator.uniform(1.5, 3.0)),
        glare=float(generator.uniform(0.2, 1.0)),
    )


class Camera:
    """One of six cameras at 60° around the cylinder; `index` counts from 0."""

    def __init__(self, index: int, width: int, height: int):
        azimuth = np.radians(60 * index)
        self.place = np.array(
            [CAMERA_DISTANCE_CM * np.cos(azimuth), CAMERA_DISTANCE_CM * np.sin(azimuth), CAMERA_HEIGHT_CM]
        )
        forward = (LOOK_AT - self.place) / np.linalg.norm(LOOK_AT - self.place)
        right = np.cross(forward, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        self.rotation = np.stack([right, np.cross(forward, right), forward])
        self.width, self.height = width, height
        self.focal = FOCAL_LENGTH * width

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixel coordinates (…, 2) and depth in cm (…,) of world points (…, 3)."""
        seen = (points - self.place) @ self.rotation.T
        depth = seen[..., 2]
        pixels = self.focal * seen[..., :2] / depth[..., None] + (self.width / 2, self.height / 2)
        return pixels, depth

    def view_angle(self, head: tuple[np.ndarray, np.ndarray]) -> float:
        """Signed horizontal angle in radians from the direction to this camera to the snout's."""
        rotation, origin = head
        to_camera = (self.place - origin) @ rotation
        return float(np.arctan2(to_camera[1], to_camera[0]))


def face_box(camera: Camera, head: tuple[np.ndarray, np.ndarray]) -> tuple[int, int, int]:
    """The square around the face in px: left, top, size."""
    pixels, _ = camera.project(FACE_POINTS @ head[0].T + head[1])
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    size = (high - low).max()
    left, top = (low + high - size) / 2
    return round(left), round(top), round(size)


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


def quadrics(camera: Camera, shapes) -> tuple[np.ndarray, ...]:
    """Inverse shape matrices, pixel centres, depths, scales and half extents of ellipsoids seen by `camera`."""
    centres, depth = camera.project(np.array(shapes.centres))
    axes = camera.rotation @ np.array(shapes.axes)
    spread = axes @ axes.transpose(0, 2, 1)
    scale = camera.focal / depth
    extent = np.sqrt(np.stack([spread[:, 0, 0], spread[:, 1, 1]], axis=1)) * scale[:, None]
    return (
        np.linalg.inv(spread).astype(np.float32),
        centres.astype(np.float32),
        depth.astype(np.float32),
        scale.astype(np.float32),
        extent,
    )


def cast(
    shape: np.ndarray, centre: np.ndarray, depth: float, scale: float, columns: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Depth in cm of an ellipsoid's near surface on a pixel grid under weak perspective; `FAR` where it is not hit."""
    x = ((columns - centre[0]) / scale)[None, :]
    y = ((rows - centre[1]) / scale)[:, None]
    linear = shape[0, 2] * x + shape[1, 2] * y
    constant = shape[0, 0] * x * x + (2 * shape[0, 1]) * (x * y) + (shape[1, 1] * y * y - 1)
    discriminant = linear * linear - shape[2, 2] * constant
    surface = depth - (linear + np.sqrt(np.maximum(discriminant, 0))) / shape[2, 2]
    return np.where(discriminant > 0, surface, np.float32(FAR))


def smooth_minimum(first: np.ndarray, second: np.ndarray, width: float) -> np.ndarray:
    """Minimum of two depth maps whose meeting edge is rounded over `width`."""
    closeness = np.maximum(width - np.abs(first - second), 0)
    return np.minimum(first, second) - closeness * closeness * (0.25 / width)


class Painter:
    """Draws one animal through one camera, frame after frame."""

    def __init__(self, camera: Camera, animal: Animal, scene: Scene, generator: np.random.Generator):
        self.camera, self.animal, self.scene = camera, animal, scene
        gain = scene.exposure * scene.white_balance
        self.gain = gain.astype(np.float32)
        background = draw_background(camera, generator)
        blur = scene.blur * camera.width / 640
        self.blur = blur
        self.still = cv2.GaussianBlur(np.clip(background * self.gain, 0, 255), (0, 0), blur).astype(np.uint8)
        self.glare = draw_glare(camera, scene, generator)
        tint = np.array([1.0, 1 - 0.5 * animal.fur_warmth, 1 - 1.6 * animal.fur_warmth], np.float32)
        self.fur = np.array([226, 226, 218], np.float32) * animal.fur_tone * tint
        texture = generator.normal(0, 1, (camera.height, camera.width)).astype(np.float32)
        self.texture = 1 + 0.07 * cv2.GaussianBlur(texture, (0, 0), 0.9 * camera.width / 640)
        # Noise is kept as bytes around NOISE_ZERO: adding bytes is several times as fast as adding integers.
        noise = NOISE_ZERO + scene.noise * generator.standard_normal((camera.height + 64, camera.width + 64, 3))
        self.noise = np.clip(np.round(noise), 0, 2 * NOISE_ZERO).astype(np.uint8)

    def paint(self, state: dict) -> np.ndarray:
        """The mouse in `state` under full light, uint8 RGB of the frame's shape, without sensor noise."""
        camera = self.camera
        frame = self.still.copy()
        shapes = build_mouse(self.animal, state)
        inverse, centres, depths, scales, extents = quadrics(camera, shapes)
        head = head_frame(state)
        whiskers, _ = camera.project(whisker_lines(self.animal, head, state["units"][4]))
        outline = np.concatenate([centres - extents, centres + extents, whiskers.reshape(-1, 2)])
        left, top = np.maximum(outline.min(axis=0).astype(int) - MARGIN, 0)
        right, bottom = np.minimum(outline.max(axis=0).astype(int) + MARGIN, (camera.width, camera.height))
        columns = np.arange(left, right, dtype=np.float32)
        rows = np.arange(top, bottom, dtype=np.float32)
        starts = np.clip(centres - extents - (left, top) - 1, 0, (len(columns), len(rows))).astype(int)
        ends = np.clip(centres + extents - (left, top) + 2, 0, (len(columns), len(rows))).astype(int)

        self.draw_tail(frame, state)
        self.draw_shadow(frame, state)
        depth = np.full((len(rows), len(columns)), FAR, np.float32)
        parts = []
        for index, material in enumerate(shapes.materials):
            across = slice(starts[index, 0], ends[index, 0])
            down = slice(starts[index, 1], ends[index, 1])
            if across.start >= across.stop or down.start >= down.stop:
                continue
            surface = cast(inverse[index], centres[index], depths[index], scales[index], columns[across], rows[down])
            if material == FUR:
                depth[down, across] = smooth_minimum(depth[down, across], surface, BLEND_CM)
            else:
                parts.append((material, down, across, surface))
        colour = self.shade_fur(depth, float(scales[0]), frame[top:bottom, left:right], centres[3] - (left, top))
        for material, down, across, surface in parts:
            self.draw_part(colour[down, across], depth[down, across], surface, material)
        if abs(camera.view_angle(head)) < WIDEST_VIEW:
            self.draw_whiskers(colour, whiskers - (left, top))
        colour = cv2.GaussianBlur(colour, (0, 0), self.blur)
        frame[top:bottom, left:right] = np.clip(colour, 0, 255)
        return cv2.add(frame, self.glare)

    def shade_fur(self, depth: np.ndarray, scale: float, behind: np.ndarray, anchor: np.ndarray) -> np.ndarray:
        """Colour of the region under even light from above; float32 RGB with `behind` where no fur is."""
        body = depth < FAR / 2
        deepest = depth[body].max() if body.any() else 0.0
        surface = np.where(body, depth, deepest)
        slope_x = cv2.Sobel(surface, cv2.CV_32F, 1, 0, scale=scale / 8)
        slope_y = cv2.Sobel(surface, cv2.CV_32F, 0, 1, scale=scale / 8)
        steepness = np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
        light = 0.8 + (0.04 * slope_x - 0.13 * slope_y + 0.16) / steepness
        crease = surface - cv2.GaussianBlur(surface, (0, 0), 0.07 * scale)
        light -= np.where(crease < 0.15, np.clip(2.5 * crease, 0, 0.2), 0)  # a deeper step is a silhouette
        row, column = (int(v) for v in (-anchor[1] % depth.shape[0], -anchor[0] % depth.shape[1]))
        light *= np.roll(self.texture[: depth.shape[0], : depth.shape[1]], (-row, -column), (0, 1))
        colour = behind.astype(np.float32)
        fur = light[:, :, None] * (self.fur * self.gain)
        cv2.copyTo(fur, body.astype(np.uint8), colour)
        return colour

    def draw_part(self, colour: np.ndarray, depth: np.ndarray, surface: np.ndarray, material: str) -> None:
        """Lay one part over what is behind it; `colour` and `depth` are changed in place."""
        margin = 0.12 if material in (EYE, LID) else 0.03
        front = (surface < depth + margin) & (surface < FAR / 2)
        if not front.any():
            return
        paint = COLOURS[material]
        if material == EAR:
            paint = paint * (1 - self.animal.ear_pink * np.array([0.0, 0.14, 0.14])) + 20 * (1 - self.animal.ear_pink)
        if material == LID:
            colour[front] = 0.45 * colour[front] + 0.55 * paint * self.gain
            return
        relief = surface - surface[front].min()
        light = 1.04 - 0.35 * np.clip(relief, 0, 0.6)
        colour[front] = (light[:, :, None] * (paint * self.gain))[front]
        depth[front] = surface[front]
        if material == EYE:  # the highlight of the lamps above
            rows, columns = np.nonzero(front)
            y, x = np.quantile(rows, 0.22), np.median(columns)
            near = (np.abs(rows - y) < 1) & (np.abs(columns - x) < 1)
            colour[rows[near], columns[near]] += 70

    def draw_whiskers(self, colour: np.ndarray, lines: np.ndarray) -> None:
        layer = colour.copy()
        points = np.round(lines * 16).astype(np.int32)
        thickness = max(1, round(self.camera.width / 960))
        cv2.polylines(layer, list(points), False, (252, 250, 240), thickness, cv2.LINE_AA, shift=4)
        cv2.addWeighted(layer, 0.45, colour, 0.55, 0, dst=colour)

    def draw_tail(self, frame: np.ndarray, state: dict) -> None:
        pixels, _ = self.camera.project(tail_line(state))
        points = np.round(pixels * 16).astype(np.int32)
        colour = tuple(float(v) for v in np.array([196, 150, 142]) * self.gain)
        cv2.polylines(frame, [points], False, colour, max(2, round(self.camera.focal / 160)), cv2.LINE_AA, shift=4)

    def draw_shadow(self, frame: np.ndarray, state: dict) -> None:
        """The dark floor under the mouse."""
        foot, depth = self.camera.project(np.array([*state["position"], 0.0]))
        scale = self.camera.focal / depth
        left, right = (int(np.clip(foot[0] + side * 3.6 * scale, 0, frame.shape[1])) for side in (-1, 1))
        top, bottom = (int(np.clip(foot[1] + side * 1.2 * scale, 0, frame.shape[0])) for side in (-1, 1))
        if left >= right or top >= bottom:
            return
        x = np.linspace(-1, 1, right - left)[None, :]
        y = np.linspace(-1, 1, bottom - top)[:, None]
        shade = 1 - 0.28 * np.clip(1 - x * x - y * y, 0, 1)
        region = frame[top:bottom, left:right]
        region[:] = (region * shade[:, :, None]).astype(np.uint8)

    def expose(self, frame: np.ndarray, light: float, generator: np.random.Generator) -> np.ndarray:
        """What the sensor delivers of a painted frame when the lamps give `light` (0 to 1): noise, then 8 bits."""
        dy, dx = generator.integers(0, 64, 2)
        noise = self.noise[dy : dy + frame.shape[0], dx : dx + frame.shape[1]]
        lit = frame if light == 1 else (frame * light).astype(np.uint8)
        return cv2.subtract(cv2.add(lit, noise), NOISE_ZERO_RGB)
