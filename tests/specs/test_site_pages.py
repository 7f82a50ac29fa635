"""What a manifest declares about its site's pages, and what is wrong in such a declaration."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.reader import read_manifest

SITE = Path(__file__).parents[2] / "manifests" / "aipowerprogress.yaml"


def complaint(folder: Path, old: str, new: str) -> str:
    text = SITE.read_text("utf-8")
    assert text.count(old) == 1, old
    broken = folder / "site.yaml"
    broken.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SpecError) as refused:
        read_manifest(broken)
    return str(refused.value)


def test_the_shipped_site_declares_a_page_for_each_template() -> None:
    manifest = read_manifest(SITE)
    assert manifest.pages is not None
    assert (manifest.pages.business, manifest.pages.attribute_prefix) == ("AI Power Progress iA", "ppia")
    templates = {each.options["template"] for each in manifest.operations if each.name == "page"}
    assert templates == set(manifest.pages.each) - {"account", "admin_billing"}
    assert manifest.pages.each["pricing"].widget_context == "pricing"
    assert manifest.pages.each["terms"].nav == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    template: refund\n", "    template: refnd\n", "refnd"),
        ("    refund:\n      title", "    privacy_again:\n      title", "unknown key 'privacy_again'"),
        ("      title: Hire us\n", "", "title"),
        (
            "contact_env: PPIA_CONTACT",
            "contact_env: PPIA_KONTACT",
            "'PPIA_KONTACT' is no declared secret or variable",
        ),
        ("attribute_prefix: ppia", "attribute_prefix: data-ppia", "a short word in lower case"),
        ("\npages:\n", "\npagges:\n", "Did you mean 'pages'?"),
        ("cookie: ppia_session", "cookie: 'a b'", "the name of a cookie"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in complaint(tmp_path, old, new)


def test_a_template_without_its_page_is_named(tmp_path: Path) -> None:
    text = SITE.read_text("utf-8")
    page = text[text.index("    refund:\n      title") : text.index("\n# The first nine")]
    said = complaint(tmp_path, page, "")
    assert "'refund' is no declared page" in said
