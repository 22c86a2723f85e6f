"""Personal data: the register of what every table holds; later its export, erasure and retention.

The register is walked from what each model declares in its `__table_args__["info"]["personal"]` (`core.personal`),
so that the privacy policy and the record of processing (RGPD, article 30) say what the database holds, no more.
"""
