"""What the demo's clients do, and how firms of that trade are usually named.

A pattern's `{s}` is a family name, `{s2}` another one, `{land}` a corner of the country.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade: its name on the sheet, its share of the clients, its naming habits."""

    label: str
    share: int
    patterns: tuple[str, ...]


TRADES = (
    Trade("Menuiserie", 9, ("Menuiserie {s}", "Menuiserie {s} & Fils", "Ateliers {s}", "Menuiserie {land}")),
    Trade("Charpente", 8, ("Charpentes {s}", "{s} Charpente", "Charpente {land}", "Charpentes {s}-{s2}")),
    Trade("Travaux publics", 8, ("Travaux Publics {s}", "{s} TP", "Terrassement {land}", "TP {s} Frères")),
    Trade("Plomberie, chauffage", 8, ("Plomberie {s}", "{s} Chauffage", "Sanitherm {s}", "Thermique {land}")),
    Trade("Couverture", 7, ("Toitures {s}", "Couverture {s}", "Zinguerie {s}", "Toitures {land}")),
    Trade("Maçonnerie", 8, ("{s} Maçonnerie", "Bâti {land}", "Maçonnerie {s} Père & Fils", "{s} Bâtiment")),
    Trade("Électricité", 7, ("{s} Électricité", "Électricité {land}", "Élec {s}", "Établissements {s}")),
    Trade("Plâtrerie, peinture", 6, ("Plâtrerie {s}", "Peintures {s}", "Plâtrerie {land}", "{s} Décors")),
    Trade("Serrurerie, métallerie", 5, ("Serrurerie {s}", "Métallerie {s}", "{s} Ferronnerie")),
    Trade("Paysage", 5, ("Les Jardins {land}", "{s} Paysages", "Espaces Verts {s}", "Pépinières {s}")),
    Trade("Agencement", 4, ("Agencement {s}", "{s} Agencement", "Ébénisterie {s}")),
    Trade("Négoce de matériaux", 4, ("Matériaux {land}", "Négoce {s}", "{s} Matériaux", "Comptoir {land}")),
    Trade("Mécanique générale", 4, ("Mécanique {s}", "Usinage {land}", "{s} Mécanique", "Ateliers {s}")),
    Trade("Garage", 3, ("Garage {s}", "Carrosserie {s}", "{s} Poids Lourds")),
    Trade("Imprimerie", 3, ("Imprimerie {s}", "Imprimerie {land}", "{s} Impression")),
    Trade("Restauration", 3, ("Auberge {land}", "Traiteur {s}", "Hôtel-Restaurant {s}")),
    Trade("Promotion immobilière", 3, ("{s} Promotion", "Les Villas {land}", "{s} Habitat")),
    Trade("Transport, logistique", 3, ("Transports {s}", "{s} Logistique", "Transports {s} & Fils")),
    Trade("Exploitation agricole", 2, ("Domaine {s}", "Les Vergers {land}", "Caves {s}")),
)
FORMS = (("SARL", 5), ("SAS", 4), ("EURL", 2), ("SASU", 2), ("SA", 1))
_SURNAMES = """
Abadie Aguilar Alard Allard Amari André Anselme Arnaud Aubry Bailly Barbier Bardin Baron Barthélemy
Baudry Bellanger Belmonte Benoît Berger Bernier Berthelot Besson Blanchet Blondel Boisson Bonnard Bonnet
Borel Bouchard Boulanger Bourdin Bourgeois Bouvier Brault Breton Brisset Brunel Buisson Cadet Camus
Cardoso Carlier Caron Cartier Castel Chapuis Charrier Chauvin Chevallier Clément Cochet Colas Collin
Combe Cordier Costa Coste Coudert Couturier Dacosta Daniel Darras David Debray Delmas Delorme Deschamps
Diaz Dubreuil Duchêne Dumas Dupré Durieux Estève Fabre Faivre Faure Fernandes Ferrand Feuillet Fleury
Fontanel Forestier Fournier Gaillard Gallet Garcin Gaspard Gauthier Gérard Germain Gilbert Giraud Godard
Gomez Grandjean Granger Grenier Guichard Guillot Guyon Hamel Hébert Henry Hoarau Hubert Imbert Jacquemin
Jamet Joly Jourdan Julien Kaddour Keller Klein Labbé Lacombe Lacroix Lafont Lagarde Lambert Langlois
Launay Laurent Lavigne Lebrun Leclercq Lefort Legrand Lemaire Lemoine Léonard Leroux Lesage Levasseur
Lopes Loubet Machado Maillard Mallet Marchal Maréchal Marion Marques Masson Mathieu Maurin Mercier
Mériaux Meunier Michaud Millet Moreira Morel Morin Morvan Moulin Mounier Muller Navarro Nicolas Noël
Olivier Oudin Pages Paquet Pascal Pasquier Pelletier Perrin Petitjean Philippon Picard Pichon Pineau
Poirier Pons Poulain Prévost Rabier Raymond Rebours Régnier Renaud Reynaud Ribeiro Richard Rigaud Rivière
Roche Rolland Rossi Roussel Royer Sabatier Salmon Santini Sauvage Schmitt Serre Simonet Tanguy Tavares
Teissier Texier Thibault Thomas Tissot Touzet Tournier Vallet Valette Vasseur Verdier Vial Vidal Vigneron
Villard Vincent Voisin Weber
"""
SURNAMES = tuple(_SURNAMES.split())
