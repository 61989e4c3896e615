"""Model cards: what a scorer is and earned, in plain words, from a template in Markdown."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from squint.presentation.summary.wording import count, estimate, listing, number, percent


def render_card(template: str, **values: object) -> str:
    """The card that a template makes of `values`. Raises jinja2.UndefinedError for a value that it lacks."""
    path = Path(template)
    environment = Environment(  # noqa: S701 (it is no page)
        loader=FileSystemLoader(path.parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "count": count,
        "estimate": estimate,
        "listing": listing,
        "number": number,
        "percent": percent,
    }
    return environment.get_template(path.name).render(**values)
