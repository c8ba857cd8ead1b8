"""The library, what tasks have reserved, and each file of a press: a post may have several."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from tmcore.store.statement import Statement


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.CreateModel(
            name="MaterialRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("path", fields.TextField(unique=False)),
                ("kind", fields.TextField(unique=False)),
                ("sha256", fields.CharField(unique=True, max_length=64)),
                ("size_bytes", fields.BigIntField()),
                ("duration_s", fields.FloatField(null=True)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("tags", fields.TextField(db_default="[]", unique=False)),
                ("caption", fields.TextField(db_default="", unique=False)),
                ("username", fields.TextField(null=True, unique=False)),
                ("sort", fields.BigIntField(null=True)),
                ("added_at", fields.BigIntField()),
            ],
            options={"table": "material", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PressFileRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("press_id", fields.BigIntField(db_index=True)),
                ("sha256", fields.CharField(db_index=True, max_length=64)),
            ],
            options={
                "table": "press_file",
                "app": "tm",
                "pk_attr": "id",
                "table_description": "The ledger's files: each that a press published, kept for ever as the press is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReservationRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task_id", fields.BigIntField(db_index=True)),
                ("sha256", fields.TextField(unique=False)),
                ("scope", fields.TextField(unique=False)),
            ],
            options={
                "table": "reservation",
                "app": "tm",
                "unique_together": (("sha256", "scope"),),
                "pk_attr": "id",
                "table_description": "What a task that has not ended took from a library or folder.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TurnRow",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=4200),
                ),
                ("count", fields.BigIntField(db_default=0)),
            ],
            options={
                "table": "turn",
                "app": "tm",
                "pk_attr": "name",
                "table_description": "How many lines of a text file were dealt: the next task gets the next one.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="TaskRow", name="scope", field=fields.TextField(null=True, unique=False)
        ),
        ops.AddField(
            model_name="TaskRow", name="sound", field=fields.TextField(db_default="", unique=False)
        ),
        Statement(
            "INSERT INTO press_file (press_id, sha256) SELECT id, media_sha256 FROM press",
            reverse_sql="",
        ),
        Statement(
            """CREATE TRIGGER press_file_kept BEFORE DELETE ON press_file
               BEGIN SELECT RAISE(ABORT, 'the ledger is kept for ever'); END""",
            reverse_sql="",
        ),
    ]
