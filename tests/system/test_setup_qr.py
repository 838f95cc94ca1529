"""Making set-up cards as a person does: the program, its files, and what a camera reads of them."""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fuzz_cards import Crash, Feeding, inputs
from PIL import Image

from fanlight.adapters.card_crypto import CardKey, signature_holds
from fanlight.domain.setup_card import SignedCard, read_card

REPO = Path(__file__).resolve().parents[2]
SCRIPT = REPO / "scripts" / "setup_qr.py"
PASSWORD, TOKEN = "Kolibri-7731-Fagott", "token-of-24-characters-xx"


class Desk:
    """Where a person makes cards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "owner.pem"
        (folder / "password").write_text(PASSWORD + "\n")
        (folder / "token").write_text(TOKEN + "\n")

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the program; whatever it says holds no secret."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "--owner-key", str(self.key), *words],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert PASSWORD not in done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert "PRIVATE KEY" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def made(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done

    def refused(self, *words: str, stdin: str = "") -> str:
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1, "one line that says what to do"
        return done.stderr

    def table(self, text: str, encoding: str = "utf-8") -> str:
        (self.folder / "doors.csv").write_bytes(text.encode(encoding))
        return "doors.csv"


@pytest.fixture(scope="session")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("owner"))
    desk.made("--new-owner", "--out", "card.png")
    return desk.key


@pytest.fixture
def desk(tmp_path: Path, owner: Path) -> Desk:
    made = Desk(tmp_path)
    shutil.copy(owner, made.key)
    return made


def read_by_a_camera(picture: Image.Image) -> SignedCard:
    qr = zxingcpp.barcode_formats_from_str("QRCode")  # noise may look like a code of stripes
    (code,) = zxingcpp.read_barcodes(picture.convert("L"), formats=qr)
    card = read_card(code.text)
    assert signature_holds(card)
    return card


def card_in(path: Path) -> SignedCard:
    assert path.stat().st_mode & 0o777 == 0o600
    return read_by_a_camera(Image.open(path))


def pages_of(pdf: bytes) -> list[Image.Image]:
    """Return the pictures of a PDF: each is one strip of fax group 4, as TIFF has it too."""
    found = []
    for head, rest in re.findall(
        rb"<<([^<>]*(?:<<[^<>]*>>[^<>]*)*)>>\s*stream\r?\n(.{0,200000}?)endstream", pdf, re.DOTALL
    ):
        if b"/CCITTFaxDecode" in head:
            width, height = (
                int(re.search(rb"/%s (\d+)" % name, head)[1])  # type: ignore[index]
                for name in (b"Width", b"Height")
            )
            length = int(re.search(rb"/Length (\d+)", head)[1])  # type: ignore[index]
            black_is_1 = b"/BlackIs1 true" in head
            found.append(fax(rest[:length], width, height, black_is_1=black_is_1))
    return found


def fax(strip: bytes, width: int, height: int, *, black_is_1: bool) -> Image.Image:
    tags = ((256, width), (257, height), (258, 1), (259, 4), (262, int(black_is_1)), (273, 8))
    tags += ((277, 1), (278, height), (279, len(strip)))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    place = 8 + len(strip)
    head = b"II*\x00" + struct.pack("<I", place)
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return Image.open(io.BytesIO(head + strip + directory))


def test_a_first_card_comes_with_the_owners_key(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = desk.made("--new-owner", "--door", "Front door", "--out", "card.png")
    assert "whoever has it owns the devices" in done.stderr
    assert done.stdout == ""
    assert desk.key.stat().st_mode & 0o777 == 0o600
    assert card_in(tmp_path / "card.png").card.door == "Front door"
    assert "leave out --new-owner" in desk.refused("--new-owner", "--out", "card.png")
    desk.made("--door", "Back door", "--out", "card.png")
    assert card_in(tmp_path / "card.png").card.door == "Back door"


def test_every_field_of_the_form_is_on_the_card(desk: Desk) -> None:
    desk.made(
        *("--door", "Tür 2", "--shop", "Blumen Müller", "--wifi-name", "Laden"),
        *("--wifi-password-file", "password", "--enrolment-token-file", "token"),
        *("--uplink-url", "https://counts.example/in", "--lte-apn", "internet"),
        *("--timezone", "Europe/Berlin", "--opening", "mon-fri 10:00-18:00", "--language", "de"),
        *("--mount", "overhead", "--height-m", "2.8", "--tilt-deg", "0", "--field-deg", "102"),
        *("--device-id", "fan-1", "--valid-days", "2", "--out", "card.png"),
    )
    card = card_in(desk.folder / "card.png").card
    assert (card.door, card.shop, card.wifi_name, card.language) == (
        *("Tür 2", "Blumen Müller", "Laden", "de"),
    )
    assert (card.uplink_url, card.lte_apn) == ("https://counts.example/in", "internet")
    assert (card.timezone, card.device_id) == ("Europe/Berlin", "fan-1")
    assert card.opening == (("10:00-18:00",),) * 5 + ((), ())
    assert (card.mount, card.height_m, card.tilt_deg, card.field_deg) == ("overhead", 2.8, 0, 102)
    assert card.expires_s - card.issued_s == 2 * 86_400
    assert card.secrets is not None
    assert (card.secrets.wifi_password, card.secrets.enrolment_token) == (PASSWORD, TOKEN)


def test_secrets_are_sealed_with_the_key_of_a_label(desk: Desk) -> None:
    device = CardKey(bytes(range(32)))
    words = ("--wifi-name", "Laden", "--wifi-password-file", "password", "--out", "card.png")
    desk.made("--device-key", device.public.hex().upper(), *words)
    found = card_in(desk.folder / "card.png")
    assert found.card.secrets is None
    assert device.open(found.seal).wifi_password == PASSWORD
    assert "64 digits" in desk.refused("--device-key", "12", *words)
    assert "no device has this key" in desk.refused("--device-key", "00" * 32, *words)


def test_pictures_and_pages_replace_what_others_could_read(desk: Desk) -> None:
    for name in ("card.png", "card.svg", "card.pdf"):
        (desk.folder / name).touch(0o644)
        (desk.folder / name).chmod(0o644)
        desk.made("--out", name)
        assert (desk.folder / name).stat().st_mode & 0o777 == 0o600


def test_an_svg_has_every_module_of_the_code_and_the_words(desk: Desk) -> None:
    desk.made("--door", "Tür", "--shop", "A & <B>", "--out", "card.svg")
    text = (desk.folder / "card.svg").read_text(encoding="utf-8")
    assert "A &amp; &lt;B&gt;: Tür" in text
    dark = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", text)]
    size = max(max(place) for place in dark) + 5
    picture = Image.new("L", (size, size), 255)
    for place in dark:
        picture.putpixel(place, 0)
    found = read_by_a_camera(picture.resize((6 * size, 6 * size), Image.Resampling.NEAREST))
    assert found.card.door == "Tür"


def test_in_the_terminal_a_card_is_drawn_with_its_words(desk: Desk) -> None:
    done = desk.made("--door", "Front door", "--wifi-name", "Laden")
    assert "Fanlight: Front door" in done.stdout
    assert re.search(r"First log-in: [0-9A-Z]{5}-[0-9A-Z]{5}", done.stdout)
    assert "Valid until" in done.stdout
    assert sum("█" in line or "▀" in line for line in done.stdout.splitlines()) > 20


ROWS = (
    "shop,door,wifi_name,wifi_password,opening\n"
    f'Köln,Haupttür,Laden,{PASSWORD},"mon-fri 10:00-18:00, sat 10:00-16:00"\n'
    f"Zürich,Seitentür,Läden,{PASSWORD},\n"
    f'"Paris, Opéra",Entrée,Boutique,{PASSWORD},mon-sun 09:00-21:00\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_becomes_a_folder_of_cards(desk: Desk, encoding: str) -> None:
    desk.made("--csv", desk.table(ROWS, encoding), "--out", "cards")
    files = sorted((desk.folder / "cards").iterdir())
    assert (desk.folder / "cards").stat().st_mode & 0o777 == 0o700
    assert [file.name for file in files] == [
        *("0001-Köln-Haupttür.png", "0002-Zürich-Seitentür.png", "0003-Paris-Opéra-Entrée.png")
    ]
    cards = [card_in(file).card for file in files]
    assert [card.shop for card in cards] == ["Köln", "Zürich", "Paris, Opéra"]
    assert [card.wifi_name for card in cards] == ["Laden", "Läden", "Boutique"]
    assert len({card.nonce for card in cards}) == 3
    assert {card.secrets.wifi_password for card in cards if card.secrets} == {PASSWORD}
    assert [card.opening[6] for card in cards] == [(), (), ("09:00-21:00",)]


def test_a_table_with_semicolons_and_decimal_commas_is_read(desk: Desk) -> None:
    rows = "door;shop;height_m;tilt_deg;field_deg\r\nTür;A, B;2,8;0;66\r\n"
    desk.made("--csv", desk.table(rows, "utf-8-sig"), "--out", "cards")
    card = card_in(desk.folder / "cards" / "0001-A-B-Tür.png").card
    assert (card.door, card.shop, card.height_m) == ("Tür", "A, B", 2.8)


def test_a_table_of_one_row_becomes_a_folder_too(desk: Desk) -> None:
    desk.made("--csv", desk.table("door\nA\n"), "--out", "cards")
    assert card_in(desk.folder / "cards" / "0001-A.png").card.door == "A"


def test_a_table_becomes_a_page_for_each_card(desk: Desk) -> None:
    rows = "door\n" + "".join(f"door {number}\n" for number in range(1, 53))
    desk.made("--csv", desk.table(rows), "--out", "cards.pdf")
    pdf = (desk.folder / "cards.pdf").read_bytes()
    pages = pages_of(pdf)
    assert len(pages) == 52
    for number in (0, 1, 49, 50, 51):
        assert read_by_a_camera(pages[number]).card.door == f"door {number + 1}"


def test_pages_are_drawn_by_other_programs(desk: Desk) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("needs pdftoppm: apt-get install poppler-utils")
    desk.made("--csv", desk.table("door\nA\nB\nC\n"), "--out", "cards.pdf")
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "cards.pdf", "page"], cwd=desk.folder, check=True
    )
    pages = sorted(desk.folder.glob("page-*.png"))
    assert [read_by_a_camera(Image.open(page)).card.door for page in pages] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "no rows"),
        ("door\n", "no rows"),
        ("door,pasword\nA,B\n", "pasword: no such field"),
        ("door;shop,x\nA;B,1\n", "door;shop: no such field"),
        ("door,shop\nA\n", "line 2: not as many fields"),
        ("door\nA\nA,B\n", "line 3: not as many fields"),
        ("door,height_m,tilt_deg,field_deg\nA,,,\nB,high,0,66\n", "card 2: height_m: 'high' is no"),
        (f"door,wifi_password\nA,{PASSWORD * 4}\n", "card 1: wifi_password: longer than 63"),
        ("door,lte_apn\nA,internet\n", "card 1: lte_apn: it goes with an uplink_url"),
        ("door\n" + "A\n" * 2001, "more than 2000 rows"),
    ],
)
def test_a_table_that_makes_no_cards_is_told_by_line_and_field(
    desk: Desk, rows: str, says: str
) -> None:
    assert says in desk.refused("--csv", desk.table(rows), "--out", "cards")
    assert not (desk.folder / "cards").exists()


def test_a_table_of_another_encoding_is_told(desk: Desk) -> None:
    assert "save it as CSV UTF-8" in desk.refused("--csv", desk.table("door\nTür\n", "cp1252"))
    assert "No such file" in desk.refused("--csv", "missing.csv")


def test_a_name_that_holds_no_cards_is_refused(desk: Desk) -> None:
    assert "ends in .png, .svg or .pdf" in desk.refused("--out", "card.jpg")
    table = desk.table("door\nA\nB\n")
    assert "cannot hold 2 cards" in desk.refused("--csv", table, "--out", "cards.png")
    assert "No such file" in desk.refused("--out", "missing/card.png")
    assert not (desk.folder / "cards.png").exists()


def test_a_file_of_a_secret_that_cannot_be_read_is_told(desk: Desk) -> None:
    (desk.folder / "odd").write_bytes(b"\xff\xfe")
    words = ("--wifi-name", "x", "--out", "card.png")
    assert "not a line of UTF-8" in desk.refused("--wifi-password-file", "odd", *words)
    assert "No such file" in desk.refused("--wifi-password-file", "missing", *words)


def test_a_key_that_cannot_be_used_is_told_with_what_to_do(desk: Desk) -> None:
    kept = desk.key.read_bytes()
    desk.key.chmod(0o640)
    assert "chmod 600" in desk.refused("--out", "card.png")
    desk.key.chmod(0o600)
    for rubbish in (b"", b"rubbish", kept[:60]):
        desk.key.write_bytes(rubbish)
        assert "no key in PEM form" in desk.refused("--out", "card.png")
    desk.key.unlink()
    assert "make one with --new-owner" in desk.refused("--out", "card.png")


def test_a_key_of_another_kind_is_told(desk: Desk) -> None:
    other = X25519PrivateKey.generate()
    desk.key.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert "an owner has an Ed25519 key" in desk.refused("--out", "card.png")


def typed(desk: Desk, words: list[str], answers: list[str]) -> tuple[int, str]:
    """Run the program at a terminal, and answer each question as it comes."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(desk.folder)
        os.execv(sys.executable, [sys.executable, str(SCRIPT), *words])  # noqa: S606 - a child at a terminal
    shown = b""
    for answer in answers:
        while not shown.endswith(b": "):  # by then, no secret is echoed
            shown += os.read(terminal, 1024)
        os.write(terminal, answer.encode() + b"\n")
        shown += os.read(terminal, 1024)
    try:
        while more := os.read(terminal, 4096):
            shown += more
    except OSError:
        pass  # how a terminal ends
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode()


def test_at_a_terminal_it_asks_and_shows_no_secret(desk: Desk) -> None:
    answers = ["Front door", "Müller", "Laden", PASSWORD, "", "https://counts.example", TOKEN]
    answers += ["", "mon 09:00-12:00", "", "3,1", "", "", "de"]
    code, shown = typed(desk, ["--owner-key", "owner.pem", "--out", "card.png"], answers)
    assert code == 0, shown
    assert PASSWORD not in shown
    assert TOKEN not in shown
    assert "PIN" not in shown, "without a modem there is no PIN to ask for"
    card = card_in(desk.folder / "card.png").card
    assert (card.door, card.shop, card.wifi_name) == ("Front door", "Müller", "Laden")
    assert (card.timezone, card.height_m, card.field_deg) == ("Europe/Berlin", 3.1, 102)
    assert card.language == "de"
    assert card.secrets is not None
    assert (card.secrets.wifi_password, card.secrets.enrolment_token) == (PASSWORD, TOKEN)


def test_a_passphrase_locks_the_key(desk: Desk) -> None:
    words = ["--owner-key", "locked.pem", "--no-ask", "--out", "card.png", "--passphrase"]
    code, shown = typed(desk, [*words, "--new-owner"], [PASSWORD, PASSWORD])
    assert code == 0, shown
    assert PASSWORD not in shown
    desk.key = desk.folder / "locked.pem"
    assert b"ENCRYPTED" in desk.key.read_bytes()
    assert "give its passphrase with --passphrase" in desk.refused("--out", "card.png")
    assert typed(desk, words, [PASSWORD])[0] == 0
    assert card_in(desk.folder / "card.png")
    code, shown = typed(desk, words, ["wrong"])
    assert (code, "wrong passphrase" in shown) == (1, True)
    words[1] = "owner.pem"
    code, shown = typed(desk, words, [PASSWORD])
    assert (code, "leave out --passphrase" in shown) == (1, True)


def test_a_short_run_of_the_fuzzer_finds_cards_and_refusals_only() -> None:
    feeding = Feeding()
    for raw in islice(inputs(7), 4000):
        feeding.feed(raw)
    assert feeding.outcomes.total() == 8000
    assert min(feeding.outcomes[name] for name in ("card", "BadCard")) > 0


def test_the_fuzzer_notices_what_should_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> SignedCard:
        raise KeyError(text[:3])

    monkeypatch.setattr("fuzz_cards.read_card", broken)
    with pytest.raises(Crash, match="KeyError"):
        Feeding().feed(b"x")
