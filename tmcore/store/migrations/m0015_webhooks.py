"""Webhooks, each with how far it has been told."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

ID = fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.CreateModel(
            name="WebhookRow",
            fields=[
                ("id", ID),
                ("url", fields.TextField(unique=False)),
                ("events", fields.TextField(unique=False)),
                ("secret", fields.TextField(unique=False)),
                ("cursor", fields.BigIntField()),
                ("created_at", fields.BigIntField()),
                ("told_at", fields.BigIntField(null=True)),
                ("failures", fields.IntField(db_default=0)),
                ("why", fields.TextField(db_default="", unique=False)),
                ("off", fields.BooleanField(db_default=False)),
            ],
            options={
                "table": "webhook",
                "app": "tm",
                "pk_attr": "id",
                "table_description": "An address that is told of events, and the last event it was told of.",
            },
            bases=["Model"],
        ),
    ]
