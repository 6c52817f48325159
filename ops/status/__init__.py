"""Whether the platform is well, and what a person must do when it is not. ``reading`` asks each database, ``around`` what is beside them,
``words`` says it; ``python -m ops status`` prints it (PLAT-10)."""
