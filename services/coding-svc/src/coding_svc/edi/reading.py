"""A body of any of the forms -> what it holds. The one place that knows which reader reads which media type."""

from coding_svc.edi import fhir, hl7v2
from coding_svc.edi.json_bodies import read_json, read_lines
from coding_svc.edi.parcel import Form, Parcel

_READERS = {Form.JSON: read_json, Form.NDJSON: read_lines, Form.FHIR: fhir.read, Form.HL7: hl7v2.read}


def read(media_type: str, body: bytes) -> Parcel:
    """`media_type` is one of `Form`."""
    return _READERS[Form(media_type)](body)
