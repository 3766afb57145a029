"""Files of Alipay: the merchant's trade and fund bills, and the export of a private wallet."""
