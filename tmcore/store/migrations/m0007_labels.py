"""Labels and tags of devices, and the Wi-Fi addresses that are connected again."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.AddField(
            model_name="DeviceRow",
            name="label",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="DeviceRow",
            name="tags",
            field=fields.TextField(db_default="[]", unique=False),
        ),
        ops.CreateModel(
            name="WifiRow",
            fields=[
                (
                    "address",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("serial", fields.TextField(null=True, unique=False)),
                ("added_at", fields.BigIntField()),
            ],
            options={
                "table": "wifi",
                "app": "tm",
                "pk_attr": "address",
                "table_description": "A phone that is reached by Wi-Fi, until a person disconnects it.",
            },
            bases=["Model"],
        ),
    ]
