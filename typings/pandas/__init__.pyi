# For the type checker a table is anything: pandas can't say which columns one has, and for what it says of a column's
# values (any of a dozen scalars) each use would need a cast.
from typing import Any

def __getattr__(name: str) -> Any: ...
