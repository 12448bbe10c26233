"""The rules of the patient's bill: values in, values out."""
