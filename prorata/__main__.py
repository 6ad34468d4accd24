"""`python -m prorata`: the same command line as the `prorata` script."""

from prorata.cli import main

if __name__ == "__main__":
    main()
