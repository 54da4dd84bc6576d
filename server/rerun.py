"""What Streamlit's pages send to the server, reduced to the wish to be drawn."""

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg


def bare(data: bytes) -> bytes:
    """The message as a plain run of the same page: no click, no text, no part of the page that runs alone, no file."""
    asked, plain = BackMsg(), BackMsg()
    try:
        asked.ParseFromString(data)
    except DecodeError:
        return data  # Streamlit refuses it itself
    plain.rerun_script.page_script_hash = asked.rerun_script.page_script_hash
    plain.rerun_script.page_name = asked.rerun_script.page_name
    plain.rerun_script.query_string = asked.rerun_script.query_string
    return plain.SerializeToString()
