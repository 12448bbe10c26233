"""The forms in which encounters come: JSON, FHIR R4, HL7 v2. Each is read into the one model, and each is answered in kind."""
