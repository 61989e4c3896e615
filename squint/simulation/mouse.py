"""The simulated mouse as ellipsoids in centimetres, and what each action unit changes on its face.

Head coordinates: x forward along the snout, y to the animal's left, z up, origin between the eyes and
the neck. What a unit changes follows the published manual of the Mouse Grimace Scale (Langford et
al. 2010, as the thesis's section 2 sums it up): the orbital area narrows, the nose and the cheeks
bulge, the ears turn outward and back and narrow, the whiskers leave their natural curve and bunch.

A `state` is one of `Behaviour.at`, of one moment or of many: its arrays may have leading axes, written … below, and
what is computed from it has them too. Many moments at once take little more time than one.
"""

from dataclasses import dataclass, field

import numpy as np

EYE_TURN = 0.95  # radians from the snout's direction to an eye's
# Grooming (0 to 1) from which the paws are raised, and from which they cover the eyes.
PAWS_UP = 0.25
COVERING_GROOMING = 0.7

FUR, EAR, PINK, EYE, LID = "fur", "ear", "pink", "eye", "lid"


@dataclass(frozen=True)
class Animal:
    """How one animal differs from the next; lengths are factors of the average mouse."""

    fur_tone: float  # brightness of the fur, 1 is average
    fur_warmth: float  # yellow tint, 0 is white
    head_width: float
    snout_length: float
    ear_size: float
    eye_size: float
    ear_angle: float  # radians that are added to the resting ear angle
    ear_pink: float  # 0 pale to 1 pink
    coat: str = "white"  # or "black", as of C57BL/6


def sample_animal(generator: np.random.Generator) -> Animal:
    """An animal of the colony."""
    return Animal(
        fur_tone=float(np.clip(generator.normal(1.0, 0.05), 0.88, 1.1)),
        fur_warmth=float(np.clip(generator.normal(0.06, 0.03), 0, 0.14)),
        head_width=float(np.clip(generator.normal(1.0, 0.035), 0.92, 1.08)),
        snout_length=float(np.clip(generator.normal(1.0, 0.035), 0.92, 1.08)),
        ear_size=float(np.clip(generator.normal(1.0, 0.06), 0.88, 1.12)),
        eye_size=float(np.clip(generator.normal(1.0, 0.05), 0.9, 1.1)),
        ear_angle=float(np.clip(generator.normal(0.0, 0.06), -0.12, 0.12)),
        ear_pink=float(generator.uniform(0.3, 0.8)),
    )


def rotate(angle: np.ndarray | float, first: int, second: int) -> np.ndarray:
    """Rotations (…, 3, 3) that turn axis `first` towards axis `second` by `angle` (…) in radians."""
    matrix = np.zeros((*np.shape(angle), 3, 3))
    matrix[..., 3 - first - second, 3 - first - second] = 1
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., second, first] = np.sin(angle)
    matrix[..., first, second] = -matrix[..., second, first]
    return matrix


def about_x(angle: np.ndarray | float) -> np.ndarray:
    return rotate(angle, 1, 2)


def about_y(angle: np.ndarray | float) -> np.ndarray:
    """Rotation that lifts the x axis by `angle`."""
    return rotate(angle, 0, 2)


def about_z(angle: np.ndarray | float) -> np.ndarray:
    return rotate(angle, 0, 1)


Frame = tuple[np.ndarray, np.ndarray]  # rotation (…, 3, 3) and origin (…, 3) in cm


def to_world(frame: Frame, points: np.ndarray) -> np.ndarray:
    """World coordinates of `points` (…, n, 3), given in `frame`."""
    rotation, origin = frame
    return points @ rotation.swapaxes(-1, -2) + origin[..., None, :]


@dataclass
class Ellipsoids:
    """Ellipsoids in one frame; a coordinate or radius in cm is a number or an array (…), and so is who is there."""

    centres: list = field(default_factory=list)
    radii: list = field(default_factory=list)
    turns: list[np.ndarray] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    present: list = field(default_factory=list)

    def add(self, centre, radii, material: str, turn: np.ndarray | None = None, present: np.ndarray | bool = True):
        """Add one ellipsoid, turned by `turn` (…, 3, 3)."""
        self.centres.append(centre)
        self.radii.append(radii)
        self.turns.append(np.eye(3) if turn is None else turn)
        self.materials.append(material)
        self.present.append(present)

    def to_world(self, frame: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """World coordinates in cm: centres (…, n, 3), axes (…, n, 3, 3) as columns times radii; who is there (…, n)."""
        rotation, origin = frame
        shape = (*origin.shape[:-1], len(self.centres))
        centres, radii = np.empty((*shape, 3)), np.empty((*shape, 3))
        turns, present = np.empty((*shape, 3, 3)), np.empty(shape, bool)
        for index in range(len(self.centres)):
            for axis in range(3):
                centres[..., index, axis] = self.centres[index][axis]
                radii[..., index, axis] = self.radii[index][axis]
            turns[..., index, :, :] = self.turns[index]
            present[..., index] = self.present[index]
        return to_world(frame, centres), (rotation[..., None, :, :] @ turns) * radii[..., None, :], present


def body_frame(state: dict) -> Frame:
    """The body's frame, on the floor."""
    origin = np.zeros((*np.shape(state["heading"]), 3))
    origin[..., :2] = state["position"]
    return about_z(state["heading"]), origin


def head_frame(state: dict) -> Frame:
    """The head's frame; a grooming mouse bends its face to its paws."""
    rotation, origin = body_frame(state)
    neck = rotation @ np.array([2.6, 0.0, 2.1]) + origin
    pitch = state["head_pitch"] - 0.75 * state["grooming"]
    head = rotation @ about_z(state["head_yaw"]) @ about_y(pitch)
    return head, neck + head @ np.array([0.9, 0.0, 0.05])


# Points of the head whose bounding square is the face box. They do not move with any action unit,
# so that a box tells nothing of a score.
FACE_POINTS = np.array(
    [
        [1.95, 0, -0.35],  # nose
        [1.0, 0.3, -0.85],  # chin
        [1.0, -0.3, -0.85],
        [0.4, 1.0, -0.3],  # cheeks
        [0.4, -1.0, -0.3],
        [-0.45, 1.35, 1.35],  # ears at rest
        [-0.45, -1.35, 1.35],
        [-0.3, 0.8, 1.5],
        [-0.3, -0.8, 1.5],
    ]
)


def build_mouse(
    animal: Animal, state: dict, body: Frame, head: Frame
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """All ellipsoids of `animal` in `state`, whose frames are `body` and `head`; the body's come first.

    World coordinates in cm: centres (…, n, 3), axes (…, n, 3, 3) as columns times radii; who is there (…, n); the n
    materials.
    """
    of_body, of_head = build_body(state), build_head(animal, state)
    parts = zip(of_body.to_world(body), of_head.to_world(head), strict=True)
    centres, axes, present = (np.concatenate(arrays, axis) for arrays, axis in zip(parts, (-2, -3, -1), strict=True))
    return centres, axes, present, of_body.materials + of_head.materials


def build_body(state: dict) -> Ellipsoids:
    """The body's ellipsoids, the paws on the floor included."""
    shapes = Ellipsoids()
    shapes.add((-1.6, 0, 1.75), (2.3, 1.75, 1.75), FUR)
    shapes.add((0.6, 0, 1.7), (2.6, 1.45, 1.5), FUR)
    shapes.add((2.3, 0, 1.95), (1.5, 1.05, 1.1), FUR)
    for side in (1, -1):
        shapes.add((-1.2, 1.3 * side, 0.25), (0.75, 0.3, 0.22), PINK)
        shapes.add((2.5, 0.65 * side, 0.2), (0.42, 0.22, 0.18), PINK, present=state["grooming"] < 0.5)
    return shapes


def build_head(animal: Animal, state: dict) -> Ellipsoids:
    """The head's ellipsoids; each unit's score changes exactly the features that it is scored by."""
    shapes = Ellipsoids()
    eye, ear, nose, cheek, _ = np.moveaxis(np.asarray(state["units"]) / 2, -1, 0)
    wide, long = animal.head_width, animal.snout_length
    shapes.add((-0.15, 0, 0.05), (1.25, 0.92 * wide, 0.88), FUR)
    shapes.add((1.0 * long, 0, -0.32), (1.02, 0.46 * wide, 0.47), FUR, about_y(-0.3))
    # Nose bulge: a rounded ridge on the bridge of the nose.
    shapes.add((1.1 * long, 0, 0.06 * nose), (0.5, 0.2 + 0.13 * nose, 0.1 + 0.18 * nose), FUR, about_y(-0.3))
    for side in (1, -1):
        # Cheek bulge: convexity between eye and whisker pad.
        centre = (0.55, (0.5 + 0.13 * cheek) * side * wide, -0.36)
        shapes.add(centre, (0.48, 0.36 + 0.14 * cheek, 0.34 + 0.1 * cheek), FUR)
        add_eye(shapes, animal, side, eye)
        add_ear(shapes, animal, side, ear)
    shapes.add((1.95 * long, 0, -0.62), (0.12, 0.15, 0.1), PINK)
    # The paws go from the nose to the eyes and cover them.
    up = state["grooming"] > PAWS_UP
    raised = np.clip((state["grooming"] - PAWS_UP) / (COVERING_GROOMING - PAWS_UP), 0, 1)
    for side in (1, -1):
        paw = between((1.45, 0.36 * side, 0.1), (0.85, 0.78 * side, 0.25), raised)
        arm = between((1.25, 0.5 * side, -0.3), (0.95, 0.8 * side, -0.3), raised)
        shapes.add(arm, (0.42, 0.3, 0.6), FUR, present=up)
        shapes.add(paw, (0.34, 0.26, 0.38), PINK, about_z(EYE_TURN * side), up)
    return shapes


def between(start, end, share: np.ndarray) -> list[np.ndarray]:
    """The point that lies `share` of the way from `start` to `end`, by coordinate."""
    return [first * (1 - share) + last * share for first, last in zip(start, end, strict=True)]


def add_eye(shapes: Ellipsoids, animal: Animal, side: int, score: np.ndarray) -> None:
    """Orbital tightening: the lids close over the eye, and folded skin darkens around it; `score` from 0 to 1."""
    size = 0.21 * animal.eye_size
    opening = 1.0 - 0.8 * score
    x, y, z = 0.68, 0.57 * side * animal.head_width, 0.2
    turn = about_z(EYE_TURN * side)
    shapes.add((x, y, z), (0.16, size * 1.28, size * (opening + 0.3)), LID, turn)
    shapes.add((x + 0.05, y + 0.06 * side, z), (0.17, size * 1.05, size * opening), EYE, turn)


def add_ear(shapes: Ellipsoids, animal: Animal, side: int, score: np.ndarray) -> None:
    """Ear position: at rest upright and open to the front; in pain turned out and back, and narrowed."""
    size = animal.ear_size
    outward = 0.42 + animal.ear_angle + 0.42 * score
    back = 0.1 + 0.5 * score
    facing = 0.35 + 0.65 * score
    turn = about_x(-outward * side) @ about_y(back) @ about_z(facing * side)
    base = np.array([-0.45, 0.72 * side * animal.head_width, 0.7])
    centre = base + turn @ np.array([0, 0, 0.55 * size])
    inner = centre + turn @ np.array([0.07, 0, 0])
    width = 0.62 * size * (1 - 0.3 * score)
    shapes.add(np.moveaxis(centre, -1, 0), (0.1, width, 0.74 * size), FUR, turn)
    shapes.add(np.moveaxis(inner, -1, 0), (0.08, width * 0.84, 0.64 * size), EAR, turn)


WHISKER_POINTS = 5


def whisker_lines(animal: Animal, head: Frame, score: np.ndarray) -> np.ndarray:
    """World coordinates of the whiskers, shape (…, whiskers × WHISKER_POINTS, 3) in cm; `score` (…) from 0 to 2.

    Whisker change: at rest they fan out and droop in a curve; in pain they stiffen, point forward and
    bunch together.
    """
    change = (score / 2)[..., None, None]  # by side and row
    side = np.array([[1.0], [-1.0]])
    row = np.linspace(-1, 1, 6)
    lift = row * (0.5 - 0.34 * change) + 0.12 * change
    along = np.stack(np.broadcast_arrays(-0.35 + 0.75 * change, side, lift), axis=-1)
    root = np.stack(np.broadcast_arrays(1.35 * animal.snout_length, 0.34 * side, -0.42 + 0.07 * row), axis=-1)
    reach = np.linspace(0, 1, WHISKER_POINTS)
    length = np.linalg.norm(along, axis=-1)[..., None, None]
    points = root[..., None, :] + 1.7 * reach[:, None] * along[..., None, :] / length
    points[..., 2] -= (0.5 - 0.45 * change[..., None]) * reach**2
    return to_world(head, points.reshape(*points.shape[:-4], -1, 3))


def tail_line(body: Frame) -> np.ndarray:
    """World coordinates of the tail, shape (…, points, 3) in cm."""
    reach = np.linspace(0, 1, 12)
    points = np.stack([-3.6 - 4.5 * reach, 1.3 * np.sin(2.2 * reach), 0.9 * (1 - reach) ** 2 + 0.2], axis=1)
    return to_world(body, points)
