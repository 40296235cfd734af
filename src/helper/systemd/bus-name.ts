/** The name that the helper owns on the system bus, where a policy of the bus lets nobody but root send to its owner. */
export const BUS_NAME = "org.hubhelper.Helper1";
