# For the type checker what stands in an HDF5 file is anything: a name may be a group, a data set or a type.
from typing import Any

def __getattr__(name: str) -> Any: ...
