"""Account statements and interim reports of SWIFT: MT940 and MT942."""
