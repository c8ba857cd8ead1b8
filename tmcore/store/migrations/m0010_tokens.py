"""Tokens, and the answers to requests that carried an Idempotency-Key."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

ID = fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.CreateModel(
            name="TokenRow",
            fields=[
                ("id", ID),
                ("name", fields.CharField(max_length=64, unique=True)),
                ("scope", fields.TextField(unique=False)),
                ("digest", fields.TextField(unique=False)),
                ("created_at", fields.BigIntField()),
            ],
            options={"table": "token", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AnswerRow",
            fields=[
                ("key", fields.CharField(max_length=400, primary_key=True, unique=True)),
                ("body_sha256", fields.TextField(unique=False)),
                ("answer", fields.TextField(unique=False)),
                ("at", fields.BigIntField()),
            ],
            options={
                "table": "answer",
                "app": "tm",
                "indexes": [Index(fields=["at"], name="ix_answer_at")],
                "pk_attr": "key",
                "table_description": "The first answer to a create that carried an Idempotency-Key, for a day.",
            },
            bases=["Model"],
        ),
    ]
