"""CMS's place of service codes (CLM05-1), named in our own words, with the first day of those that came late."""

from datetime import date

PLACES_OF_SERVICE: dict[str, str] = {
    "01": "pharmacy",
    "02": "telehealth, the patient not at home",
    "03": "school",
    "04": "shelter for homeless people",
    "05": "Indian Health Service, free-standing",
    "06": "Indian Health Service, part of a provider",
    "07": "tribal (638) facility, free-standing",
    "08": "tribal (638) facility, part of a provider",
    "09": "prison or jail",
    "10": "telehealth, the patient at home",
    "11": "office",
    "12": "the patient's home",
    "13": "assisted living",
    "14": "group home",
    "15": "mobile unit",
    "16": "temporary lodging",
    "17": "walk-in clinic of a shop",
    "18": "the patient's place of work",
    "19": "outpatient department off the hospital's campus",
    "20": "urgent care",
    "21": "inpatient hospital",
    "22": "outpatient department on the hospital's campus",
    "23": "emergency room of a hospital",
    "24": "ambulatory surgical center",
    "25": "birthing center",
    "26": "military treatment facility",
    "27": "outreach on the street",
    "31": "skilled nursing facility",
    "32": "nursing facility",
    "33": "custodial care",
    "34": "hospice",
    "41": "ambulance on land",
    "42": "ambulance by air or water",
    "49": "independent clinic",
    "50": "federally qualified health center",
    "51": "inpatient psychiatric facility",
    "52": "psychiatric facility, part of the day",
    "53": "community mental health center",
    "54": "intermediate care for people with intellectual disabilities",
    "55": "residential treatment of substance use",
    "56": "residential psychiatric treatment",
    "57": "treatment of substance use, not residential",
    "58": "opioid treatment, not residential",
    "60": "mass immunization",
    "61": "inpatient rehabilitation facility",
    "62": "outpatient rehabilitation facility",
    "65": "dialysis of end-stage renal disease",
    "66": "program of all-inclusive care for the elderly",
    "71": "public health clinic",
    "72": "rural health clinic",
    "81": "independent laboratory",
    "99": "another place",
}
FIRST_DAYS: dict[str, date] = {
    "02": date(2017, 1, 1),
    "10": date(2022, 1, 1),
    "19": date(2016, 1, 1),
    "27": date(2023, 10, 1),
    "58": date(2020, 1, 1),
    "66": date(2024, 8, 1),
}
"""From when a code counts, for those younger than ICD-10-CM's first day (2015-10-01)."""


def is_place_of_service(code: str, on: date) -> bool:
    """Whether CMS lists the code on that day."""
    return code in PLACES_OF_SERVICE and on >= FIRST_DAYS.get(code, date.min)
