"""`python -m harvestry`."""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - a checkout runs without pip's own check
        sys.exit("Harvestry needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))

    from harvestry.cli import main

    main()
