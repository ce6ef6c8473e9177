#!/usr/bin/python3
"""Puts into a freshly provisioned directory, while no server runs: the account
alice, the names of the domain controller's services, and three service connection
points of Autodiscover.   usage: seed.py DIR DOMAIN PASSWORD"""
import sys
import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

folder, domain, password = sys.argv[1:4]
lp = LoadParm()
lp.load(folder + '/etc/smb.conf')
db = SamDB(url=folder + '/private/sam.ldb', session_info=system_session(), lp=lp)
base, config = str(db.domain_dn()), str(db.get_config_basedn())
db.transaction_start()
try:
    db.newuser('alice', password, mailaddress='alice@' + domain)
    dc = ldb.Message(ldb.Dn(db, f'CN=DC1,OU=Domain Controllers,{base}'))
    dc['s'] = ldb.MessageElement([f'ldap/dc1.{domain}', f'ldap/dc1.{domain}/{domain}', 'ldap/DC1'], ldb.FLAG_MOD_ADD, 'servicePrincipalName')
    db.modify(dc)
    dn = f'CN=Services,{config}'
    for c in ('Microsoft Exchange', 'First Organization', 'Administrative Groups', 'Exchange Administrative Group (FYDIBOHF23SPDLT)', 'Servers', 'EX1', 'Protocols', 'Autodiscover'):
        dn = f'CN={c},{dn}'
        db.add({'dn': dn, 'objectClass': 'container'})
    for name, binding, keywords in (
        ('EX1', f'https://far.{domain}/Autodiscover/Autodiscover.xml', ['77378F46-2C66-4aa9-A6A6-3E7A48B19596', 'Site=Elsewhere']),
        ('EX2', f'https://autodiscover.{domain}/Autodiscover/Autodiscover.xml', ['77378F46-2C66-4aa9-A6A6-3E7A48B19596', 'Site=Default-First-Site-Name']),
        ('pointer', f'LDAP://other.{domain}', ['67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68', 'Domain=other.test']),
    ):
        db.add({'dn': f'CN={name},{dn}', 'objectClass': 'serviceConnectionPoint', 'serviceClassName': 'ms-Exchange-AutoDiscover-Service',
                'serviceDNSName': name, 'serviceBindingInformation': binding, 'keywords': keywords})
except BaseException:
    db.transaction_cancel()
    raise
db.transaction_commit()
