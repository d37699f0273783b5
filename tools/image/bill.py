"""The bill of materials of an image in CycloneDX: its Python packages and its Debian packages."""

import json
from collections.abc import Iterator
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from tools.image.build import Source, layers
from tools.image.docker import docker
from tools.processes import StackError

# Asked of the image itself: what it really has, not what a lock file says.
_PYTHON_PACKAGES = """
import json
from importlib.metadata import distributions
print(json.dumps([
    [each.metadata["Name"], each.version, each.metadata.get("License-Expression")]
    for each in distributions()
]))
"""
_DEBIAN_PACKAGES = "${Package} ${Version} ${Architecture}\n"


def bill_of(image: str, source: Source) -> Bom:
    """Return the bill of materials; the same for the same image, serial number and all."""
    root = Component(
        name="tasuki",
        version=source.version,
        type=ComponentType.CONTAINER,
        bom_ref="tasuki",
        purl=PackageURL("oci", name="tasuki", version=source.revision),
    )
    bom = Bom(serial_number=uuid5(NAMESPACE_OID, "".join(layers(image))))
    bom.metadata.component = root
    bom.metadata.timestamp = source.time
    components = [*_python_packages(image), *_debian_packages(image)]
    for component in components:
        bom.components.add(component)
    bom.register_dependency(root, components)
    return bom


def as_json(bom: Bom) -> str:
    """Return the bill as CycloneDX 1.6. Raises StackError when it doesn't fit the schema."""
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise StackError(f"the bill of materials does not fit CycloneDX 1.6: {fault.data.message}")
    return text


def count(bom: Bom, kind: str) -> int:
    """Return how many packages of a kind (`pypi`, `deb`) are in the bill."""
    return sum(1 for each in bom.components if each.purl and each.purl.type == kind)


def _python_packages(image: str) -> Iterator[Component]:
    told = docker("run", "--rm", "--entrypoint", "python", image, "-c", _PYTHON_PACKAGES)
    licenses = LicenseFactory()
    for name, version, expression in json.loads(told):
        purl = PackageURL("pypi", name=name.lower().replace("_", "-"), version=version)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=purl.to_string(),
            purl=purl,
            licenses=[licenses.make_from_string(expression)] if expression else [],
        )


def _debian_packages(image: str) -> Iterator[Component]:
    told = docker("run", "--rm", "--entrypoint", "dpkg-query", image, "-W", "-f", _DEBIAN_PACKAGES)
    for line in told.splitlines():
        name, version, architecture = line.split()
        purl = PackageURL(
            "deb",
            "debian",
            name,
            version,
            qualifiers={"arch": architecture, "distro": "debian-12"},
        )
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=purl.to_string(),
            purl=purl,
        )
