"""Devices that nothing brought back, until a person releases them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.AddField(
            model_name="DeviceRow",
            name="quarantined",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="DeviceRow", name="quarantined_at", field=fields.BigIntField(null=True)
        ),
    ]
