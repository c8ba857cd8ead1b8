#!/bin/sh
# The reference API from the shell, against `tm serve` on this computer. Put your own serials, file
# and account in; `tm devices` lists the phones. `tm demo` prints these lines ready to paste.

# Create a task for each phone
curl -s -X POST http://127.0.0.1:50809/api/v1/task -H 'Content-Type: application/json' -d '{"serials": ["R58M34FGHIJ", "R58M34FGHIK"], "script_name": "post", "script_config": {"captions": "Hello from curl", "material_list": ["/home/ann/clip.mp4"]}}'

# Post on an account, wherever it lives
curl -s -X POST http://127.0.0.1:50809/api/v1/task -H 'Content-Type: application/json' -d '{"script_name": "post", "script_config": {"captions": "Hello from curl", "material_list": ["/home/ann/clip.mp4"]}, "usernames": ["@ann"]}'

# On each phone, tonight, 5 to 15 minutes apart
curl -s -X POST http://127.0.0.1:50809/api/v1/task -H 'Content-Type: application/json' -d '{"serials": ["R58M34FGHIJ", "R58M34FGHIK"], "script_name": "post", "script_config": {"captions": "Hello from curl", "material_list": ["/home/ann/clip.mp4"]}, "start_time": "23:30", "min_interval": 5, "max_interval": 15}'

# List tasks
curl -s http://127.0.0.1:50809/api/v1/task

# Only those that failed, 10 a page
curl -s 'http://127.0.0.1:50809/api/v1/task?status=3&page=1&page_size=10'

# One task, with its attempts
curl -s http://127.0.0.1:50809/api/v1/task/1

# Count them
curl -s http://127.0.0.1:50809/api/v1/task/stats

# Stop a pending or running task: the last of tonight's
curl -s -X POST http://127.0.0.1:50809/api/v1/task/7/stop

# Retry a failed task: the same one, for it was stopped
curl -s -X POST http://127.0.0.1:50809/api/v1/task/7/retry

# Retry every failed task
curl -s -X POST http://127.0.0.1:50809/api/v1/task/retry-all

# Delete a task
curl -s -X DELETE http://127.0.0.1:50809/api/v1/task/1

# Delete several
curl -s -X DELETE http://127.0.0.1:50809/api/v1/task/batch -H 'Content-Type: application/json' -d '{"task_ids": [2, 7]}'

# What the licence allows
curl -s http://127.0.0.1:50809/api/v1/license/check

# The phones
curl -s http://127.0.0.1:50809/api/v1/device
