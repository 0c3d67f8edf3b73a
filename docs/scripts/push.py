#!/usr/bin/env python3
"""Pushes users or departments to NocoBase, and says what became of them. Needs nothing but Python 3.8.

    NOCOBASE_URL=https://nocobase.example.com NOCOBASE_KEY=... python3 push.py user hr people.json

people.json is a list of records. Ends with 0 when everything was applied, with 1 when some records failed, and with 2
when nothing is known to have been applied.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["NOCOBASE_URL"].rstrip("/")
KEY = os.environ["NOCOBASE_KEY"]
TIMEOUT = float(os.environ.get("NOCOBASE_TIMEOUT", "300"))  # seconds
TRIES = 30
PAGE_SIZE = 200


def call(method, action, query=None, body=None):
    """Sends a request and gives back its status, its body and its headers."""
    url = f"{URL}/api/{action}"
    if query:
        url += "?" + urllib.parse.urlencode(query)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        try:
            return error.code, json.load(error), error.headers
        except ValueError:  # a page of a proxy
            return error.code, {"errors": [{"code": "HTTP", "message": str(error)}]}, error.headers


def last_task(source):
    """The newest push of this key to the source."""
    query = {"filter": json.dumps({"sourceName": source}), "sort": "-id", "pageSize": 1}
    _, answer, _ = call("GET", "userDataSyncTasks:list", query)
    tasks = answer.get("data") or []
    return tasks[0] if tasks else None


def wait_for(source, before):
    """The task of a push whose answer has been lost, when it has ended; None when no push has arrived."""
    while True:
        task = last_task(source)
        if task is None or task["id"] == before:
            return None
        if task["status"] not in ("init", "processing"):
            return task
        time.sleep(5)


def failures(task_id):
    """What failed, page by page."""
    page = 1
    while True:
        query = {
            "filter": json.dumps({"taskId": task_id, "action": "failed"}),
            "sort": "id",
            "page": page,
            "pageSize": PAGE_SIZE,
        }
        _, answer, _ = call("GET", "userDataSyncOutcomes:list", query)
        rows = answer.get("data") or []
        yield from rows
        if len(rows) < PAGE_SIZE:
            return
        page += 1


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def push(data_type, source, records):
    """Pushes the records and gives back the task: its id and its status."""
    newest = last_task(source)
    before = newest["id"] if newest else None
    body = {"dataType": data_type, "sourceName": source, "records": records}
    for _ in range(TRIES):
        try:
            status, answer, headers = call("POST", "userData:push", body=body)
        except OSError as error:  # a timeout, or a connection that broke: the push may go on
            print(f"No answer ({error}). Looking for the task.", file=sys.stderr)
            time.sleep(5)
            task = wait_for(source, before)
            if task:
                return task
            continue  # It has not arrived, or waits for its turn. The same push again is harmless.
        if status == 200:
            return {"id": answer["data"]["taskId"], "status": answer["data"]["status"]}
        error = answer["errors"][0]
        if error["code"] != "SOURCE_BUSY":
            fail(f"{status} {error['code']}: {error['message']}")
        time.sleep(int(headers.get("Retry-After", "10")))
    fail("No push could be made. Try again later.")


def main():
    data_type, source, file = sys.argv[1:4]
    with open(file, encoding="utf-8") as opened:
        records = json.load(opened)
    task = push(data_type, source, records)
    print(f"Task {task['id']}: {task['status']}")
    if task["status"] == "success":
        return 0
    for row in failures(task["id"]):
        print(f"{row['uid']}: {row['code']} {row['message'] or ''}")
    return 1 if task["status"] == "partially_failed" else 2


if __name__ == "__main__":
    sys.exit(main())
