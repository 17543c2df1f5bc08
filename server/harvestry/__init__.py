"""Harvestry: a self-hosted canvas for hosted conversations."""

__all__ = ["__version__"]

__version__ = "0.1.0"
