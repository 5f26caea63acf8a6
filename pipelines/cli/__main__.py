"""``python -m pipelines.cli``: the command ``winnow``, wherever its script is."""

from pipelines.cli import main

main()
