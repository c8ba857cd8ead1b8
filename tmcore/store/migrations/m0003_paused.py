"""Devices that a person has paused."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0002_rules")]
    operations = [
        ops.AddField(
            model_name="DeviceRow", name="paused", field=fields.TextField(null=True, unique=False)
        ),
    ]
