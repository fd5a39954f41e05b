"""The one page of the simulated НУЦ."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from simulators.nca.authority import Authority
from simulators.nca.holders import Holder

_PAGE = """<!doctype html>
<html lang="kk"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>ҰКО / НУЦ — СИМУЛЯЦИЯ</title>
<style>
body {{ font: 1rem/1.5 sans-serif; color: #0b0c0c; margin: 0 auto; max-width: 60rem; padding: 1rem }}
.banner {{ border: 3px solid #d4351c; padding: .5rem 1rem; font-weight: bold }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ border-bottom: 1px solid #b1b4b6; padding: .4rem;
text-align: left; vertical-align: top; overflow-wrap: anywhere }} code {{ font-size: .85rem }}
</style></head><body>
<p class="banner">СИМУЛЯЦИЯ: бұл нағыз ҰКО емес, сертификаттардың заңдық күші жоқ.<br>
<span lang="ru">СИМУЛЯЦИЯ: это не настоящий НУЦ, сертификаты не имеют юридической силы.</span></p>
<h1>Ұлттық куәландырушы орталық<br><span lang="ru">Национальный удостоверяющий центр</span></h1>
<h2>Куәландырушы орталықтардың сертификаттары / <span lang="ru">Сертификаты удостоверяющих центров</span></h2>
<table>{authorities}</table>
<h2>Қайтарып алынған сертификаттар тізімдері / <span lang="ru">Списки отозванных сертификатов</span></h2>
<ul>{lists}</ul>
<h2>Қызметтер / <span lang="ru">Службы</span></h2>
<ul><li>OCSP: <code>{ocsp}</code></li><li>TSP: <code>{tsp}</code></li></ul>
<h2>Демонстрациялық кілттер / <span lang="ru">Демонстрационные ключи</span></h2>
<table><tr><th>Иесі / <span lang="ru">Владелец</span></th><th>ЖСН, БСН / <span lang="ru">ИИН, БИН</span></th>
<th>Құпиясөз / <span lang="ru">Пароль</span></th><th>Алгоритм</th><th>PKCS#12</th></tr>{people}</table>
</body></html>
"""


def index_page(authority: Authority, people: Sequence[tuple[Holder, Mapping[str, str]]]) -> str:
    """Return the page as HTML."""
    addresses, profile = authority.addresses, authority.profile
    chains = profile.chains.values()
    names = {one.file: one.common_name for chain in chains for one in (chain.root, chain.issuing)}
    authorities = "".join(
        f'<tr><td><a href="{escape(addresses.certificate(file))}">{escape(names[file])}</a><br>'
        f"<code>SHA-256 {hashlib.sha256(certificate).hexdigest()}</code></td></tr>"
        for file, certificate in authority.ca_files().items()
    )
    files = [file for chain in chains for file in (chain.root.file, chain.issuing.file, chain.issuing.delta_file or "")]
    lists = "".join(f'<li><a href="{escape(addresses.crl(file))}">{escape(file)}.crl</a></li>' for file in files)
    return _PAGE.format(
        authorities=authorities,
        lists=lists,
        ocsp=escape(addresses.ocsp),
        tsp=escape(f"{addresses.base_url}/tsp"),
        people="".join(_row(holder, authority.holders.algorithm_of(holder), urls) for holder, urls in people),
    )


def _row(holder: Holder, algorithm: str, urls: Mapping[str, str]) -> str:
    subject = holder.subject
    numbers = "<br>".join(escape(str(number)) for number in (subject.iin, subject.bin) if number)
    links = " ".join(f'<a href="{escape(url)}">{escape(purpose)}</a>' for purpose, url in urls.items())
    organisation = f"<br>{escape(subject.organisation)}" if subject.organisation else ""
    return (
        f"<tr><td>{escape(subject.common_name)}{organisation}</td><td>{numbers}</td>"
        f"<td><code>{escape(holder.password)}</code></td><td>{escape(algorithm.upper())}</td><td>{links}</td></tr>"
    )
