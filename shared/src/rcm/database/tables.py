"""What every table of ours has, and the platform's own tables that stand in each service's database.

A service's models.py makes its own base:

    class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))): ...

    class Claim(Base, table=True):
        __tablename__ = "claim"
        __table_args__ = (UniqueConstraint("organisation_id", "encounter_id", "rank"),)
        organisation_id: UUID = Field(primary_key=True)
        claim_id: UUID = Field(primary_key=True)

Every table holds organisation_id, first in its primary key and in every foreign and unique key; migrations call
`secure(...)` of rcm.database.migrations for each, which turns on row-level security and grants the two roles what the table's
kind allows (`mutable` or `append_only`).
"""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
