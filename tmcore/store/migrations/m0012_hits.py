"""Which candidates of the profiles find their targets, counted per app and version."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.CreateModel(
            name="TargetHitRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("app", fields.CharField(max_length=32)),
                ("package", fields.CharField(max_length=128)),
                ("version", fields.CharField(max_length=64)),
                ("target", fields.CharField(max_length=64)),
                ("rule", fields.CharField(max_length=12)),
                ("candidate", fields.IntField()),
                ("looks", fields.BigIntField()),
                ("seen_at", fields.BigIntField()),
            ],
            options={
                "table": "target_hit",
                "app": "tm",
                "unique_together": (("app", "package", "version", "target", "rule", "candidate"),),
                "pk_attr": "id",
                "table_description": "In how many looks a candidate of a profile found its target, per app and version.",
            },
            bases=["Model"],
        ),
    ]
