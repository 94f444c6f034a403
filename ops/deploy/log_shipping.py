"""What brings log lines to Elasticsearch or OpenSearch: an index template, and rsyslog's configuration.

Both are made of the list of fields: a field that is added there is indexed. See docs/logs.md.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ops.log_fields import EVERY_LINE, FIELDS, SLOW, FieldType

TEMPLATE: Final = "logs/index-template.json"
SHIPPER: Final = "logs/rsyslog.conf"
STREAM: Final = "logs-insitechart-default"
"""The data stream, named as type, dataset and namespace."""

_TYPES: Final[dict[FieldType, dict[str, Any]]] = {
    "time": {"type": "date"},
    "word": {"type": "keyword", "ignore_above": 1_024},
    "words": {"type": "keyword", "ignore_above": 1_024},
    "text": {"type": "text"},
    "flag": {"type": "boolean"},
    "integer": {"type": "long"},
    "number": {"type": "double"},
}

_RSYSLOG: Final = f"""\
# Made of the list of fields by `insitechart logs templates`: ships log lines to Elasticsearch or OpenSearch.
# Yours to change: `file` of the input, `server` and `serverport` of the last action, there `usehttps`, `uid`, `pwd`.
# Needs rsyslog 8.23 or later with omelasticsearch (Debian: rsyslog-elasticsearch).
global(workDirectory="/var/spool/rsyslog" maxMessageSize="8m")
module(load="imfile")
module(load="mmjsonparse")
module(load="omelasticsearch")

template(name="insitechart-document" type="string" string="%$!line%")
# The same line has the same id, so that one which is sent again after a failure is stored once.
template(name="insitechart-id" type="string" string="%hostname%-%$!line!@timestamp%-%$!metadata!fileoffset%")

input(type="imfile" file="/var/log/insitechart/*.log" tag="insitechart:" addMetadata="on" ruleset="insitechart")

ruleset(name="insitechart" queue.type="LinkedList" queue.size="50000" queue.filename="insitechart"
        queue.maxDiskSpace="1g" queue.saveOnShutdown="on") {{
  action(type="mmjsonparse" cookie="" container="$!line")
  if $parsesuccess == "OK" and $!line!event != "" and $!line!timestamp != "" then {{
    set $!line!@timestamp = $!line!timestamp;
    unset $!line!timestamp;
    action(type="omelasticsearch" server="http://127.0.0.1" serverport="9200"
           template="insitechart-document" searchIndex="{STREAM}" searchType=""
           bulkmode="on" writeoperation="create" bulkid="insitechart-id" dynbulkid="on"
           action.resumeRetryCount="-1" errorfile="/var/spool/rsyslog/insitechart-refused.jsonl")
  }} else {{
    action(type="omfile" file="/var/spool/rsyslog/insitechart-odd.log")  # torn, or of another program
  }}
}}
"""


def index_template() -> dict[str, Any]:
    """Return the composable template of the data streams; what is in no list of fields is stored and not indexed."""
    properties: dict[str, Any] = {"@timestamp": _TYPES["time"]}
    for field in (*EVERY_LINE, *(field for fields in FIELDS.values() for field in fields)):
        name, _, member = field.name.partition(".")
        if field.type == "time":
            continue  # the shipper gives it the name that data streams ask for
        if member:
            parent = {"type": "nested"} if name == SLOW else {}
            properties.setdefault(name, {**parent, "properties": {}})["properties"][member] = _TYPES[field.type]
        else:
            properties[name] = _TYPES[field.type]
    return {
        "index_patterns": ["logs-insitechart-*"],
        "data_stream": {},
        "priority": 200,
        "template": {
            # A value of another type, as other events may have under the same name, must not refuse its line.
            "settings": {"index.mapping.ignore_malformed": True},
            "mappings": {"dynamic": False, "properties": properties},
        },
        "_meta": {"description": "Log lines of InsiteChart, made of its list of fields"},
    }


def shipping() -> Mapping[str, str]:
    """Return the text of each file by its path."""
    return {TEMPLATE: json.dumps(index_template(), indent=2) + "\n", SHIPPER: _RSYSLOG}


def write_shipping(folder: Path) -> list[Path]:
    """Write each file into a folder, by its name alone, and return their paths. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path, text in shipping().items():
        written.append(folder / Path(path).name)
        written[-1].write_text(text, "utf-8")
    return written
