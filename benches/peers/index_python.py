"""Indexes a directory of packs the way the scripts of pack exchanges do it today: the peer of `packyard build`.

Walks the packs, reads every manifest and every component with PyYAML's pure Python loader, checks a few fields, hashes
every file, and writes one JSON file per component and an index.

    python3 index_python.py <directory of packs> <output directory>

Needs PyYAML. Times are those of one process on one core, as these scripts run.
"""

import hashlib
import json
import os
import sys

import yaml

KINDS = ["actions", "aliases", "policies", "rules", "sensors", "triggers"]


def load(path):
    with open(path, encoding="utf-8") as stream:
        # SafeLoader is the pure Python loader; the scripts do not use CSafeLoader.
        return yaml.load(stream, Loader=yaml.SafeLoader)


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(value, stream, indent=4, sort_keys=True, default=str)


def digests(directory):
    """Returns the digest of every file, in the order of their paths."""
    listing = {}
    for parent, directories, files in os.walk(directory):
        directories.sort()
        for name in sorted(files):
            path = os.path.join(parent, name)
            with open(path, "rb") as stream:
                listing[os.path.relpath(path, directory)] = hashlib.sha256(stream.read()).hexdigest()
    return listing


def component_name(kind, component, path):
    if kind == "sensors" and "class_name" in component:
        return component["class_name"]
    name = component.get("name") or component.get("ref") or os.path.splitext(os.path.basename(path))[0]
    return str(name)


def index_pack(directory, output):
    manifest = load(os.path.join(directory, "pack.yaml"))
    ref = manifest.get("ref") or manifest["name"]
    for field in ("version", "description", "author"):
        if not manifest.get(field):
            raise ValueError(f"{directory}: `{field}` is missing")
    content = {}
    for kind in KINDS:
        folder = os.path.join(directory, kind)
        if not os.path.isdir(folder):
            continue
        names = []
        for file in sorted(os.listdir(folder)):
            if not file.endswith((".yaml", ".yml")):
                continue
            component = load(os.path.join(folder, file))
            name = component_name(kind, component, file)
            parameters = component.get("parameters") or {}
            for parameter, schema in parameters.items():
                if not isinstance(schema, dict):
                    raise ValueError(f"{folder}/{file}: `{parameter}` is not a mapping")
            write(os.path.join(output, "v1", "packs", ref, kind, name + ".json"), component)
            names.append({"name": name, "description": component.get("description"), "parameters": sorted(parameters)})
        if names:
            content[kind] = {"count": len(names), "resources": names}
    config = os.path.join(directory, "config.schema.yaml")
    if os.path.isfile(config):
        write(os.path.join(output, "v1", "packs", ref, "config.schema.json"), load(config))
    files = digests(directory)
    manifest["content"] = content
    manifest["files"] = files
    manifest["digest"] = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    write(os.path.join(output, "v1", "packs", ref, "pack.json"), manifest)
    return ref, manifest


def main():
    packs, output = sys.argv[1:3]
    index = {}
    for name in sorted(os.listdir(packs)):
        directory = os.path.join(packs, name)
        if os.path.isfile(os.path.join(directory, "pack.yaml")):
            ref, entry = index_pack(directory, output)
            index[ref] = entry
    body = json.dumps(index, sort_keys=True, default=str)
    metadata = {"hash": hashlib.md5(body.encode()).hexdigest()}
    write(os.path.join(output, "v1", "index.json"), {"metadata": metadata, "packs": index})
    print(f"{len(index)} packs")


if __name__ == "__main__":
    main()
