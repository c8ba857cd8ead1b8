"""Accounts that wait for a person, and which account was last seen open."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.AddField(
            model_name="AccountRow", name="held", field=fields.TextField(null=True, unique=False)
        ),
        ops.AddField(
            model_name="AccountRow",
            name="held_why",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="AccountRow", name="held_since", field=fields.BigIntField(null=True)
        ),
        ops.AddField(model_name="AccountRow", name="open_at", field=fields.BigIntField(null=True)),
        ops.AddIndex(
            model_name="AccountRow",
            index=Index(fields=["serial", "app"], name="ix_account_device"),
        ),
    ]
