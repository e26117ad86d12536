"""Mail, file-transfer, shell and directory sessions: one login each, and servers drop them when idle."""

from __future__ import annotations

from lambda_conn_lint.catalog.model import Client

# A table: one row per constructor, one library after the other.
# fmt: off
CLIENTS = (
    Client("smtplib.SMTP", "mail", "", thread_safe="no", connects="eager", pool=False, close=("quit", "close"),
           after_close="dead", verified="3.11.7",
           note="Connects at once only when it is given a host; servers end idle sessions within minutes."),
    Client("smtplib.SMTP_SSL", "mail", "", thread_safe="no", connects="eager", pool=False, close=("quit", "close"),
           after_close="dead", verified="3.11.7"),
    Client("smtplib.LMTP", "mail", "", thread_safe="no", connects="eager", pool=False, close=("quit", "close"),
           verified="3.11.7"),
    Client("ftplib.FTP", "mail", "", thread_safe="no", connects="eager", pool=False, close=("quit", "close"),
           verified="3.11.7"),
    Client("ftplib.FTP_TLS", "mail", "", thread_safe="no", connects="eager", pool=False, close=("quit", "close"),
           verified="3.11.7"),
    Client("imaplib.IMAP4", "mail", "", thread_safe="no", connects="eager", pool=False, close=("logout", "shutdown"),
           verified="3.11.7"),
    Client("imaplib.IMAP4_SSL", "mail", "", thread_safe="no", connects="eager", pool=False,
           close=("logout", "shutdown"), verified="3.11.7"),
    Client("poplib.POP3", "mail", "", thread_safe="no", connects="eager", pool=False, with_exit="not-a-context-manager",
           close=("quit", "close"), verified="3.11.7", note="Locks the mailbox while it is open."),
    Client("poplib.POP3_SSL", "mail", "", thread_safe="no", connects="eager", pool=False,
           with_exit="not-a-context-manager", close=("quit", "close"), verified="3.11.7",
           note="Locks the mailbox while it is open."),
    Client("telnetlib.Telnet", "mail", "", thread_safe="no", connects="eager", pool=False, verified="3.11.7",
           note="Gone from the standard library since Python 3.13."),
    Client("aiosmtplib.SMTP", "mail", "aiosmtplib", loop_bound="yes", thread_safe="no", pool=False,
           close=("quit", "close"), verified="5.1.3"),
    Client("paramiko.SSHClient", "mail", "paramiko", aliases=("paramiko.client.SSHClient",), thread_safe="partial",
           pool=False, verified="5.1.0", note="Connects at connect()."),
    Client("paramiko.Transport", "mail", "paramiko", aliases=("paramiko.transport.Transport",), thread_safe="partial",
           connects="eager", pool=False, verified="5.1.0", note="Opens its socket while it is built."),
    Client("paramiko.SFTPClient.from_transport", "mail", "paramiko",
           aliases=("paramiko.sftp_client.SFTPClient.from_transport",), call="classmethod", thread_safe="partial",
           connects="eager", pool=False, verified="5.1.0"),
    Client("pysftp.Connection", "mail", "pysftp", thread_safe="partial", connects="eager", pool=False),
    Client("asyncssh.connect", "mail", "asyncssh", call="function", awaits="await-or-async-with", loop_bound="yes",
           thread_safe="partial", connects="eager", pool=False, verified="2.24.1"),
    Client("ldap3.Connection", "mail", "ldap3", aliases=("ldap3.core.connection.Connection",), thread_safe="no",
           pool=False, close=("unbind",), verified="2.9.1",
           note="With auto_bind it connects at once; leaving 'with' restores the state found on entry."),
    Client("ldap.initialize", "mail", "python-ldap", call="function", thread_safe="partial", pool=False,
           with_exit="not-a-context-manager", close=("unbind_s",)),
    Client("ldap.ldapobject.ReconnectLDAPObject", "mail", "python-ldap", thread_safe="partial", pool=False,
           with_exit="not-a-context-manager", close=("unbind_s",)),
    Client("ldap.ldapobject.LDAPObject", "mail", "python-ldap", thread_safe="partial", pool=False,
           with_exit="not-a-context-manager", close=("unbind_s",)),
)
# fmt: on
