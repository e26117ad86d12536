"""What a run costs beside other tools: ``python -m benchmarks.speed`` in the root of the repository.

The inputs are made or unpacked first, then the tools run on them in turn, so that whatever else the machine does falls
on all of them. ``budgets.py`` says what each figure may be at most.
"""
