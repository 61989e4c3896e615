"""When each camera saw the light come on, and how its clock runs."""
