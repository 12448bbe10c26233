"""A stranger's clearinghouse, in one file and without a line of ours: it stands in for our adapter and our sandbox payer.

    python stranger.py CLAIMS_URL PAYMENTS_URL TOKEN CLAIMS

It knows the OpenAPI documents and X12, nothing else: it takes SubmissionReady from the stream of events, fetches each file,
says that it was sent, and answers with a 999, a 277CA that accepts every claim, and an 835 that pays 80 % less a copay of $20.
It ends after so many CLAIMS, in however many files, and prints them as JSON: {patient control number: cents paid}.
"""

import hashlib
import json
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

import httpx

COPAY_CENTS = 2_000
X12 = "application/edi-x12"
USED = {
    "claims": [
        ("get", "/v1/events"),
        ("get", "/v1/submissions/{submission_id}/file"),
        ("post", "/v1/submissions/{submission_id}/transmissions"),
        ("post", "/v1/acknowledgements"),
    ],
    "payments": [("post", "/v1/remittances")],
}


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def cents(amount: str) -> int:
    whole, _, part = amount.partition(".")
    return int(whole or 0) * 100 + int((part + "00")[:2])


class Service:
    """One of the two services, spoken to by its document alone."""

    def __init__(self, url: str, token: str, used: list[tuple[str, str]]) -> None:
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        document = self.http.get("/openapi.json").json()
        for method, path in used:
            assert method in document["paths"][path], f"{method} {path} is not in the document"

    def post(self, path: str, key: str, **body: Any) -> Any:
        response = self.http.post(path, headers={"Idempotency-Key": key, **body.pop("headers", {})}, **body)
        assert response.status_code in (200, 201), f"{path}: {response.status_code} {response.text}"
        return response.json()

    def post_x12(self, path: str, content: str) -> Any:
        key = hashlib.sha256(content.encode()).hexdigest()
        return self.post(path, key, content=content.encode(), headers={"Content-Type": X12})


class Claim:
    """What the answers must give back of a claim."""

    def __init__(self, number: str, charge: str) -> None:
        self.number, self.charge = number, cents(charge)
        self.payer = ""
        self.name: list[str] = []
        self.lines: list[tuple[str, int]] = []
        self.days: list[str] = []


def read_837(text: str) -> tuple[dict[str, list[str]], list[Claim]]:
    """The envelope's names and numbers, and each claim with its lines."""
    segments = [segment.strip().split("*") for segment in text.split("~") if segment.strip()]
    envelope: dict[str, list[str]] = {}
    claims: list[Claim] = []
    payer, insured = "", [""]
    for segment in segments:
        kind = segment[0]
        if kind in ("ISA", "GS", "ST", "BHT"):
            envelope[kind] = segment
        elif kind == "NM1" and segment[1] == "85" and "provider" not in envelope:
            envelope["provider"] = segment
        elif kind == "REF" and segment[1] == "EI":
            envelope["tax_id"] = segment
        elif kind == "NM1" and segment[1] in ("IL", "QC"):
            insured = segment
        elif kind == "NM1" and segment[1] == "PR":
            payer = segment[9]
        elif kind == "CLM":
            claims.append(Claim(segment[1], segment[2]))
            claims[-1].payer, claims[-1].name = payer, insured
        elif kind == "SV1":
            claims[-1].lines.append((segment[1], cents(segment[2])))
        elif kind == "DTP" and segment[1] == "472" and claims and claims[-1].lines:
            claims[-1].days.append(segment[3])
    return envelope, claims


class Answers:
    """TA1's relatives: files from the receiver back to the sender."""

    def __init__(self, envelope: dict[str, list[str]]) -> None:
        self.envelope = envelope
        self.sender, self.receiver = envelope["ISA"][8].strip(), envelope["ISA"][6].strip()
        self.now = datetime.now(UTC)
        self.day = self.now.strftime("%Y%m%d")

    def interchange(self, group: str, version: str, number: int, body: list[str]) -> str:
        """ISA to IEA around one transaction set."""
        kind = body[0].split("*")[1]
        set_ = [f"{body[0]}*0001*{version}" if kind != "835" else f"{body[0]}*0001", *body[1:]]
        set_.append(f"SE*{len(set_) + 1}*0001")
        clock = self.now.strftime("%H%M")
        control = f"{number:09d}"
        names = f"00*{'':10}*00*{'':10}*ZZ*{self.sender:15}*ZZ*{self.receiver:15}"
        head = f"ISA*{names}*{self.day[2:]}*{clock}*^*00501*{control}*0*T*:"
        start = f"GS*{group}*{self.sender}*{self.receiver}*{self.day}*{clock}*{number}*X*{version}"
        return "~\n".join([head, start, *set_, f"GE*1*{number}", f"IEA*1*{control}"]) + "~\n"

    def functional(self, number: int) -> str:
        """The 999: the whole file is taken."""
        body = [
            "ST*999",
            f"AK1*HC*{self.envelope['GS'][6]}*{self.envelope['GS'][8]}",
            f"AK2*837*{self.envelope['ST'][2]}*{self.envelope['GS'][8]}",
            "IK5*A",
            "AK9*A*1*1*1",
        ]
        return self.interchange("FA", "005010X231A1", number, body)

    def claims(self, number: int, claims: list[Claim]) -> str:
        """The 277CA: the payer takes each claim."""
        total = dollars(sum(claim.charge for claim in claims))
        provider = self.envelope["provider"]
        body = [
            "ST*277", f"BHT*0085*08*S{number}*{self.day}*0900*TH",
            "HL*1**20*1", f"NM1*AY*2*STRANGER*****46*{self.sender}", f"TRN*1*S{number}",
            f"DTP*050*D8*{self.day}", f"DTP*009*D8*{self.day}",
            "HL*2*1*21*1", f"NM1*41*2*PRACTICE*****46*{self.receiver}", f"TRN*2*{self.envelope['BHT'][3]}",
            f"STC*A1:19:PR*{self.day}*WQ*{total}", f"QTY*90*{len(claims)}", f"AMT*YU*{total}",
            "HL*3*2*19*1", f"NM1*85*2*{provider[3]}*****XX*{provider[9]}", "TRN*1*P0", f"STC*A1:19:PR**WQ*{total}",
        ]  # fmt: skip
        for place, claim in enumerate(claims, 4):
            body += [
                f"HL*{place}*3*PT", f"NM1*QC*1*{claim.name[3]}*{claim.name[4]}****MI*{claim.name[9]}", f"TRN*2*{claim.number}",
                f"STC*A2:20:PR*{self.day}*WQ*{dollars(claim.charge)}", f"REF*1K*ICN{claim.number}",
                f"DTP*472*D8*{claim.days[0][:8]}",
            ]  # fmt: skip
        return self.interchange("HN", "005010X214", number, body)

    def remittance(self, number: int, payer: str, claims: list[Claim]) -> tuple[str, dict[str, int]]:
        """The 835 of one payer, and what it pays for each claim."""
        paid: dict[str, int] = {}
        loops: list[str] = []
        for claim in claims:
            lines: list[str] = []
            paid[claim.number] = 0
            for place, ((procedure, charge), day) in enumerate(zip(claim.lines, claim.days, strict=True)):
                contractual = charge // 5
                copay = COPAY_CENTS if place == 0 else 0
                pays = charge - contractual - copay
                paid[claim.number] += pays
                lines += [f"SVC*{procedure}*{dollars(charge)}*{dollars(pays)}**1", f"DTM*472*{day[:8]}"]
                lines.append(f"CAS*CO*45*{dollars(contractual)}")
                lines += [f"CAS*PR*3*{dollars(copay)}"] if copay else []
            money = f"{dollars(claim.charge)}*{dollars(paid[claim.number])}*{dollars(COPAY_CENTS)}"
            loops.append(f"CLP*{claim.number}*1*{money}*12*ICN{claim.number}*11*1")
            loops += [f"NM1*QC*1*{claim.name[3]}*{claim.name[4]}****MI*{claim.name[9]}", *lines]
        provider = self.envelope["provider"]
        body = [
            "ST*835", f"BPR*I*{dollars(sum(paid.values()))}*C*CHK************{self.day}", f"TRN*1*STRANGER{number}*1999999999",
            f"DTM*405*{self.day}", f"N1*PR*{payer}*XV*{payer}", "N3*1 ELSEWHERE", "N4*SALEM*OR*97301",
            "PER*BL*STRANGER*TE*5035550111",
            f"N1*PE*{provider[3]}*XX*{provider[9]}", f"REF*TJ*{self.envelope['tax_id'][2]}", "LX*1", *loops,
        ]  # fmt: skip
        return self.interchange("HP", "005010X221A1", number, body), paid


def carry(claims_service: Service, payments_service: Service, submission_id: str, number: int) -> dict[str, int]:
    """One file from ready to paid."""
    response = claims_service.http.get(f"/v1/submissions/{submission_id}/file")
    response.raise_for_status()
    assert response.headers["content-type"].startswith(X12)
    sent = {
        "transmitted_at": datetime.now(UTC).isoformat(),
        "remote_name": f"stranger/{submission_id}.837",
        "sha256": hashlib.sha256(response.content).hexdigest(),
    }
    claims_service.post(f"/v1/submissions/{submission_id}/transmissions", f"sent-{submission_id}", json=sent)
    envelope, claims = read_837(response.text)
    answers = Answers(envelope)
    for answer in (answers.functional(number), answers.claims(number + 1, claims)):
        told = claims_service.post_x12("/v1/acknowledgements", answer)
        assert told["state"].lower() not in ("quarantined", "held"), told
    paid: dict[str, int] = {}
    for offset, payer in enumerate(sorted({claim.payer for claim in claims})):
        mine = [claim for claim in claims if claim.payer == payer]
        file, money = answers.remittance(number + 2 + offset, payer, mine)
        told = payments_service.post_x12("/v1/remittances", file)
        assert told["state"].lower() not in ("quarantined", "held"), told
        paid |= money
    return paid


def main(claims_url: str, payments_url: str, token: str, claims: str) -> None:
    claims_service = Service(claims_url, token, USED["claims"])
    payments_service = Service(payments_url, token, USED["payments"])
    paid: dict[str, int] = {}
    after, carried = "", 0
    until = time.monotonic() + 240
    while len(paid) < int(claims) and time.monotonic() < until:
        page = claims_service.http.get("/v1/events", params={"after": after} if after else {}).json()
        for event in page["events"]:
            if re.fullmatch(r"rcm\.claims\.SubmissionReady\.v\d+", event["type"]):
                paid |= carry(claims_service, payments_service, event["data"]["submission_id"], 100 + carried * 10)
                carried += 1
        after = page["cursor"]
        if not page["more"]:
            time.sleep(0.2)
    sys.stdout.write(json.dumps(paid) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
