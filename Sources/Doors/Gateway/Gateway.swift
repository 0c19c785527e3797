/// The service's door.
package enum Gateway {}
