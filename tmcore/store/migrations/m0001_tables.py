"""The tables, as Tortoise writes them for the models of this version."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AccountRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("app", fields.TextField(unique=False)),
                ("username", fields.TextField(unique=False)),
                ("serial", fields.TextField(unique=False)),
                ("package", fields.TextField(null=True, unique=False)),
                ("user", fields.IntField(null=True)),
                ("enabled", fields.BooleanField(db_default=True)),
                ("created_at", fields.BigIntField()),
            ],
            options={
                "table": "account",
                "app": "tm",
                "indexes": [Index(fields=["username"], name="ix_account_username")],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AttemptRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task_id", fields.BigIntField(db_index=True)),
                ("kind", fields.TextField(db_default="post", unique=False)),
                ("serial", fields.TextField(unique=False)),
                ("gen", fields.IntField()),
                ("started_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
                ("outcome", fields.TextField(db_default="", unique=False)),
                ("reason", fields.TextField(null=True, unique=False)),
                ("remark", fields.TextField(db_default="", unique=False)),
                ("looks", fields.IntField(db_default=0)),
            ],
            options={"table": "attempt", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DeviceRow",
            fields=[
                (
                    "serial",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("facts", fields.TextField(unique=False)),
                ("last_seen_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "device",
                "app": "tm",
                "pk_attr": "serial",
                "table_description": "What was last known of a phone, so that it stays in the list while it is away.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EventRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task_id", fields.BigIntField(db_index=True)),
                ("attempt_id", fields.BigIntField(null=True)),
                ("at", fields.BigIntField()),
                ("change", fields.TextField(unique=False)),
                ("old", fields.SmallIntField(null=True)),
                ("new", fields.SmallIntField(null=True)),
                ("reason", fields.TextField(null=True, unique=False)),
                ("remark", fields.TextField(db_default="", unique=False)),
            ],
            options={
                "table": "event",
                "app": "tm",
                "pk_attr": "id",
                "table_description": "Append only: one row a transition, in the transition's own transaction.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EvidenceRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("attempt_id", fields.BigIntField(db_index=True)),
                ("name", fields.TextField(unique=False)),
            ],
            options={"table": "evidence", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LogRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("attempt_id", fields.BigIntField(db_index=True)),
                ("at", fields.BigIntField()),
                ("text", fields.TextField(unique=False)),
            ],
            options={"table": "log", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MetaRow",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("value", fields.TextField(unique=False)),
            ],
            options={
                "table": "meta",
                "app": "tm",
                "pk_attr": "name",
                "table_description": "Facts about the database itself: its uuid, which marks the phones it drives.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PressRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task_id", fields.BigIntField()),
                ("gen", fields.IntField()),
                ("attempt_id", fields.BigIntField(db_index=True)),
                ("serial", fields.TextField(unique=False)),
                ("app", fields.TextField(unique=False)),
                ("account", fields.TextField(unique=False)),
                ("media_sha256", fields.TextField(unique=False)),
                ("intent_at", fields.BigIntField()),
                ("outcome", fields.TextField(db_default="open", unique=False)),
            ],
            options={
                "table": "press",
                "app": "tm",
                "unique_together": (("task_id", "gen"),),
                "indexes": [
                    Index(fields=["app", "account", "media_sha256"], name="ix_press_media")
                ],
                "pk_attr": "id",
                "table_description": "The ledger: written with the intent, kept for ever, also after its task is deleted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SettingRow",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("value", fields.TextField(unique=False)),
            ],
            options={"table": "setting", "app": "tm", "pk_attr": "name"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StepRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("attempt_id", fields.BigIntField(db_index=True)),
                ("name", fields.TextField(unique=False)),
                ("started_at", fields.BigIntField()),
                ("ended_at", fields.BigIntField(null=True)),
                ("outcome", fields.TextField(db_default="", unique=False)),
            ],
            options={"table": "step", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TaskRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("serial", fields.TextField(unique=False)),
                ("username", fields.TextField(null=True, unique=False)),
                ("app", fields.TextField(null=True, unique=False)),
                ("script_name", fields.TextField(unique=False)),
                ("script_config", fields.TextField(unique=False)),
                ("status", fields.SmallIntField(db_default=0)),
                ("reason", fields.TextField(null=True, unique=False)),
                ("remark", fields.TextField(db_default="", unique=False)),
                ("source", fields.TextField(db_default="api", unique=False)),
                ("retry_count", fields.IntField(db_default=0)),
                ("gen", fields.IntField(db_default=1)),
                ("place", fields.BigIntField()),
                ("media", fields.TextField(null=True, unique=False)),
                ("media_sha256", fields.TextField(null=True, unique=False)),
                ("caption", fields.TextField(db_default="", unique=False)),
                ("start_at", fields.BigIntField()),
                ("created_at", fields.BigIntField()),
                ("started_at", fields.BigIntField(null=True)),
                ("ended_at", fields.BigIntField(null=True)),
                ("step", fields.TextField(db_default="", unique=False)),
                ("progress", fields.FloatField(db_default=0.0)),
                ("stop_requested", fields.BooleanField(db_default=False)),
            ],
            options={
                "table": "task",
                "app": "tm",
                "indexes": [
                    Index(fields=["status", "id"], name="ix_task_status"),
                    Index(fields=["serial", "status", "id"], name="ix_task_serial_status"),
                    Index(fields=["serial", "id"], name="ix_task_serial"),
                    Index(fields=["script_name", "id"], name="ix_task_script"),
                    Index(fields=["source", "id"], name="ix_task_source"),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
    ]
