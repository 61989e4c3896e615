"""The simulated mouse as ellipsoids in centimetres, and what each action unit changes on its face.

Head coordinates: x forward along the snout, y to the animal's left, z up, origin between the eyes and
the neck. What a unit changes follows the published manual of the Mouse Grimace Scale (Langford et
al. 2010, as the thesis's section 2 sums it up): the orbital area narrows, the nose and the cheeks
bulge, the ears turn outward and back and narrow, the whiskers leave their natural curve and bunch.
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


def draw_animal(generator: np.random.Generator) -> Animal:
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


@dataclass
class Ellipsoids:
    """Ellipsoids of a mouse in world coordinates: centres (n, 3) cm, axes (n, 3, 3) columns times radii."""

    centres: list[np.ndarray] = field(default_factory=list)
    axes: list[np.ndarray] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)

    def add(self, frame: tuple[np.ndarray, np.ndarray], centre, radii, material: str, turn: np.ndarray | None = None):
        """Add one ellipsoid given in `frame` (rotation, origin), turned by `turn` within it."""
        rotation, origin = frame
        self.centres.append(rotation @ np.asarray(centre, float) + origin)
        self.axes.append((rotation if turn is None else rotation @ turn) * np.asarray(radii, float))
        self.materials.append(material)


def about_x(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def about_y(angle: float) -> np.ndarray:
    """Rotation that lifts the x axis by `angle`."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def about_z(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def body_frame(state: dict) -> tuple[np.ndarray, np.ndarray]:
    """Rotation and origin of the body for one state of `Behaviour.at`."""
    return about_z(float(state["heading"])), np.array([*state["position"], 0.0])


def head_frame(state: dict) -> tuple[np.ndarray, np.ndarray]:
    """Rotation and origin of the head; a grooming mouse bends its face to its paws."""
    rotation, origin = body_frame(state)
    neck = rotation @ np.array([2.6, 0.0, 2.1]) + origin
    pitch = float(state["head_pitch"]) - 0.75 * float(state["grooming"])
    head = rotation @ about_z(float(state["head_yaw"])) @ about_y(pitch)
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


def build_mouse(animal: Animal, state: dict) -> Ellipsoids:
    """All ellipsoids of `animal` in `state` (pose and action units of `Behaviour.at`)."""
    shapes = Ellipsoids()
    body = body_frame(state)
    shapes.add(body, (-1.6, 0, 1.75), (2.3, 1.75, 1.75), FUR)
    shapes.add(body, (0.6, 0, 1.7), (2.6, 1.45, 1.5), FUR)
    shapes.add(body, (2.3, 0, 1.95), (1.5, 1.05, 1.1), FUR)
    for side in (1, -1):
        shapes.add(body, (-1.2, 1.3 * side, 0.25), (0.75, 0.3, 0.22), PINK)
        if state["grooming"] < 0.5:
            shapes.add(body, (2.5, 0.65 * side, 0.2), (0.42, 0.22, 0.18), PINK)
    add_head(shapes, animal, head_frame(state), state)
    return shapes


def add_head(shapes: Ellipsoids, animal: Animal, head: tuple[np.ndarray, np.ndarray], state: dict) -> None:
    """The head's ellipsoids; each unit's score changes exactly the features that it is scored by."""
    eye, ear, nose, cheek, _ = (float(score) / 2 for score in state["units"])
    wide, long = animal.head_width, animal.snout_length
    shapes.add(head, (-0.15, 0, 0.05), (1.25, 0.92 * wide, 0.88), FUR)
    shapes.add(head, (1.0 * long, 0, -0.32), (1.02, 0.46 * wide, 0.47), FUR, about_y(-0.3))
    # Nose bulge: a rounded ridge on the bridge of the nose.
    shapes.add(
        head, (1.1 * long, 0, 0.0 + 0.06 * nose), (0.5, 0.2 + 0.13 * nose, 0.1 + 0.18 * nose), FUR, about_y(-0.3)
    )
    for side in (1, -1):
        # Cheek bulge: convexity between eye and whisker pad.
        shapes.add(
            head,
            (0.55, (0.5 + 0.13 * cheek) * side * wide, -0.36),
            (0.48, 0.36 + 0.14 * cheek, 0.34 + 0.1 * cheek),
            FUR,
        )
        add_eye(shapes, animal, head, side, eye)
        add_ear(shapes, animal, head, side, ear)
    shapes.add(head, (1.95 * long, 0, -0.62), (0.12, 0.15, 0.1), PINK)
    if state["grooming"] > PAWS_UP:
        # The paws go from the nose to the eyes and cover them.
        raised = min((float(state["grooming"]) - PAWS_UP) / (COVERING_GROOMING - PAWS_UP), 1.0)
        for side in (1, -1):
            paw = np.array([1.45, 0.36 * side, 0.1]) * (1 - raised) + np.array([0.85, 0.78 * side, 0.25]) * raised
            arm = np.array([1.25, 0.5 * side, -0.3]) * (1 - raised) + np.array([0.95, 0.8 * side, -0.3]) * raised
            shapes.add(head, arm, (0.42, 0.3, 0.6), FUR)
            shapes.add(head, paw, (0.34, 0.26, 0.38), PINK, about_z(EYE_TURN * side))


def add_eye(shapes: Ellipsoids, animal: Animal, head, side: int, score: float) -> None:
    """Orbital tightening: the lids close over the eye, and folded skin darkens around it."""
    size = 0.21 * animal.eye_size
    opening = 1.0 - 0.8 * score
    centre = (0.68, 0.57 * side * animal.head_width, 0.2)
    turn = about_z(EYE_TURN * side)
    shapes.add(head, centre, (0.16, size * 1.28, size * (opening + 0.3)), LID, turn)
    shapes.add(
        head, (centre[0] + 0.05, centre[1] + 0.06 * side, centre[2]), (0.17, size * 1.05, size * opening), EYE, turn
    )


def add_ear(shapes: Ellipsoids, animal: Animal, head, side: int, score: float) -> None:
    """Ear position: at rest upright and open to the front; in pain turned out and back, and narrowed."""
    size = animal.ear_size
    outward = 0.42 + animal.ear_angle + 0.42 * score
    back = 0.1 + 0.5 * score
    facing = 0.35 + 0.65 * score
    turn = about_x(-outward * side) @ about_y(back) @ about_z(facing * side)
    base = np.array([-0.45, 0.72 * side * animal.head_width, 0.7])
    centre = base + turn @ np.array([0, 0, 0.55 * size])
    width = 0.62 * size * (1 - 0.3 * score)
    shapes.add(head, centre, (0.1, width, 0.74 * size), FUR, turn)
    shapes.add(head, centre + turn @ np.array([0.07, 0, 0]), (0.08, width * 0.84, 0.64 * size), EAR, turn)


def whisker_lines(animal: Animal, head: tuple[np.ndarray, np.ndarray], score: float) -> np.ndarray:
    """World coordinates of the whiskers, shape (whiskers, points, 3) in cm.

    Whisker change: at rest they fan out and droop in a curve; in pain they stiffen, point forward and
    bunch together.
    """
    rotation, origin = head
    change = float(score) / 2
    reach = np.linspace(0, 1, 5)
    lines = []
    for side in (1, -1):
        for row in np.linspace(-1, 1, 6):
            root = np.array([1.35 * animal.snout_length, 0.34 * side, -0.42 + 0.07 * row])
            lift = row * (0.5 - 0.34 * change) + 0.12 * change
            forward = -0.35 + 0.75 * change
            along = np.array([forward, side * 1.0, lift])
            droop = -(0.5 - 0.45 * change) * reach**2
            points = root + 1.7 * reach[:, None] * along / np.linalg.norm(along)
            points[:, 2] += droop
            lines.append(points)
    return np.array(lines) @ rotation.T + origin


def tail_line(state: dict) -> np.ndarray:
    """World coordinates of the tail, shape (points, 3) in cm."""
    rotation, origin = body_frame(state)
    reach = np.linspace(0, 1, 12)
    points = np.stack([-3.6 - 4.5 * reach, 1.3 * np.sin(2.2 * reach), 0.9 * (1 - reach) ** 2 + 0.2], axis=1)
    return points @ rotation.T + origin
