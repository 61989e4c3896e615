"""Annotations of other tools, which are not read but told by name, with how they become something that is."""

import json
import re
from pathlib import Path

from squint.errors import InputError
from squint.files.lab_tables import decode

BOXES = "export it as COCO JSON or YOLO, or annotate in the app (`make app`)"
# What stands in a table's first line, tool by tool.
TABLES = {
    "points of DeepLabCut": (r"^\"?scorer\"?[,;\t]", "Squint learns from boxes: draw them in the app (`make app`)"),
    "regions of the VGG Image Annotator (VIA)": (r"region_shape_attributes", BOXES),
    "annotations of Label Studio as a table": (
        r"annotation_id.*(annotator|lead_time)|(annotator|lead_time).*annotation_id",
        BOXES,
    ),
    "boxes of RetinaNet or Pascal VOC as a table": (r"xmin.*ymin|x1.*y1", f"write a box sheet, or {BOXES}"),
}
HEAD = 1 << 16  # bytes at either end of COCO JSON, in which it names its categories
XML = {"annotation": "Pascal VOC", "annotations": "CVAT"}


def tool_of_table(text: str) -> tuple[str, str] | None:
    """What a table of another tool holds and what to do with it, from its text."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    return next(((tool, remedy) for tool, (sign, remedy) in TABLES.items() if re.search(sign, first)), None)


def tool_of_json(text: str) -> str:
    """The tool that wrote JSON which is not COCO; empty for an unknown one, and for what is no JSON."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(content, list):
        first = content[0] if content and isinstance(content[0], dict) else {}
        return "Label Studio" if {"data", "annotations", "completions", "annotation_id"} & set(first) else ""
    if not isinstance(content, dict):
        return ""
    if "shapes" in content and "imagePath" in content:
        return "labelme"
    via = "_via_img_metadata" in content or any(
        isinstance(value, dict) and "regions" in value for value in content.values()
    )
    return "the VGG Image Annotator (VIA)" if via else ""


def coco_file(path: Path) -> tuple[str, str] | None:
    """That a folder holds COCO JSON, whose file is to be named itself; None for another file."""
    if path.suffix.lower() != ".json":
        return None
    content = path.read_bytes()
    named = b'"categories"' in content[:HEAD] + content[-HEAD:]
    return ("COCO JSON", f"name the file itself: {path}") if named else None


def tool_of(path: Path) -> tuple[str, str] | None:
    """What a file or folder holds, of which tool, and what to do with it; None for what is not known."""
    if path.is_dir():
        inner = [one for one in sorted(path.rglob("*")) if one.suffix.lower() in (".json", ".xml", ".csv", ".h5")]
        return next((found for one in inner if one.is_file() and (found := tool_of(one) or coco_file(one))), None)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return "a packed folder", "unpack it, and name the file or folder that is in it"
    if suffix in (".slp", ".h5"):
        tool = "SLEAP" if suffix == ".slp" else "DeepLabCut or SLEAP"
        return f"points of {tool}", "Squint learns from boxes: draw them in the app (`make app`)"
    try:
        text = decode(str(path), path.read_bytes())
    except InputError:
        return None
    if suffix == ".xml":
        found = re.search(r"<(annotations?)[\s>]", text)
        return (f"annotations of {XML[found[1]]}", BOXES) if found else None
    if suffix == ".json":
        tool = tool_of_json(text)
        return (f"annotations of {tool}", BOXES) if tool else None
    return tool_of_table(text)
