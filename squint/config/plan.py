"""The plan of a run: all checks of what a lab gave, then what is made of it (see the other modules of this package)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import cast

from squint.config.experiments import fold_subjects, read_experiments
from squint.config.network_plan import Choices, NetworkPlan
from squint.config.networks import read_study
from squint.config.products import FIGURES, TABLES, Product
from squint.config.recording_plan import RecordingPlan, read_recordings
from squint.config.schema import check_file, sort_keys
from squint.config.settings import check_config, check_detector, check_folds, unknown_recordings
from squint.config.types import Config


@dataclass(frozen=True)
class Plan:
    """All that a run makes: of its recordings, with its networks, and what it shows of them."""

    config: Config
    recordings: RecordingPlan
    networks: NetworkPlan

    def tables(self) -> dict[str, Product]:
        """All tables that are shown, by their paths under `results` without ending.

        A title tells where a source has the table, by the config's `report: references`.
        """
        found = {}
        for path, product in self._filled(TABLES).items():
            where = self.config["report"]["references"].get(path.removeprefix("tables/"))
            found[path] = replace(product, title=f"{product.title} (table{f'; {where}' if where else ''})")
        return found

    def _filled(self, products: dict[str, Product]) -> dict[str, Product]:
        """Each table or figure that there is, with its path, title and caption filled in."""
        return {
            path.format(**values): replace(
                product, title=product.title.format(**values), caption=product.caption.format(**values)
            )
            for path, product in products.items()
            for values in product.each(self.networks)
        }

    def table_paths(self) -> list[str]:
        """The paths of all tables that are shown."""
        return [f"results/{path}.csv" for path in self.tables()]

    def shown(self) -> list[str]:
        """The paths of all that is shown."""
        pages = [f"results/{path}.html" for path in self.tables()]
        return self.table_paths() + pages + [f"results/{path}" for path in self._filled(FIGURES)]

    def titles(self) -> dict[str, list[str]]:
        """Category, title and caption of all that the report shows, by path."""
        products = self.tables() | self._filled(FIGURES)
        return {path: [product.category, product.title, product.caption] for path, product in products.items()}

    def captions(self) -> list[str]:
        """Names of the captions in `report/`, that of the report itself among them."""
        return sorted({caption for _, _, caption in self.titles().values()} | {"workflow"})

    def recorded(self) -> list[str]:
        """Each table that is shown or that figures are drawn from, and each timeline: what provenance is kept of."""
        tables = [*self.shown(), "results/tables/groups.csv", "results/tables/classes.csv"]
        return sorted(path for path in tables if path.endswith(".csv"))


def make_plan(
    config: Config,
    files: Iterable[str],
    sheet: str,
    detector: str,
    name_instances: Callable[[list[dict]], list[str]],
    choice_file: Callable[[str], str],
) -> Plan:
    """The plan of a run, after checking all that it is made from. Puts the keys of `config` in order.

    `files` are the config files that people wrote, `sheet` the path of the sample sheet, `detector` that of the shipped
    face detector. `name_instances` names a study's variants (see read_study), `choice_file` gives the path of a
    checkpoint's choice (see Choices). Raises InputError for a mistake in any of them.
    """
    for path in files:
        check_file(path)
    check_config(config)
    sort_keys(cast(dict, config))
    studies = {name: read_study(config, name, name_instances) for name in config["evaluation"]["studies"]}
    experiments = read_experiments(sheet, config["datasets"]["allow_subjects_on_both_sides"])
    check_folds(config, len(fold_subjects(experiments)))
    check_detector(config, experiments)
    recordings = RecordingPlan(config, read_recordings(experiments), detector)
    networks = NetworkPlan(config, recordings, studies, Choices(config["choices"], choice_file))
    return Plan(config, recordings, networks)


def unused_values(plan: Plan) -> list[str]:
    """Keys of the config that name a recording or a table that this run does not have."""
    tables = {path.removeprefix("tables/") for path in plan.tables()}
    lost = [f"report.references.{name}" for name in plan.config["report"]["references"] if name not in tables]
    return unknown_recordings(plan.config, plan.recordings.names) + lost
