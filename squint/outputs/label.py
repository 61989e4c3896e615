"""What the outputs have in common that tell classes apart."""

import numpy as np
import pandas as pd

from squint.outputs.output import Output


class LabelOutput(Output):
    """An output that is trained on the class of each sample. It is judged by its accuracy."""

    def targets(self, table: pd.DataFrame) -> np.ndarray:
        return self.balancing_classes(table.score.to_numpy(np.float32))[:, None].astype(np.float32)

    def training_metric(self, keras) -> str:
        return "accuracy"
