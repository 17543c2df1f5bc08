"""Alembic migrations; `harvestry.edge.schema` runs them."""
