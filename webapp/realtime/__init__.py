"""The only speaker of Socket.IO: connection, rooms, handlers, broadcast."""
